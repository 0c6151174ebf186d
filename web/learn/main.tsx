import { render } from 'preact';
import '../theme.css';
import { applyTheme } from '../components/shell';
import { chooseLang, lang } from '../lang';
import './learn.css';
import { App } from './app';

chooseLang(lang.value);
applyTheme();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
