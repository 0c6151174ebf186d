import { render } from 'preact';
import '../theme.css';
import { applyTheme } from '../components/shell';
import { beginLang } from '../lang';
import './learn.css';
import { App } from './app';

beginLang();
applyTheme();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
