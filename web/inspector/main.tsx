import { render } from 'preact';
import '../theme.css';
import { applyTheme } from '../components/shell';
import { beginLang } from '../lang';
import './inspector.css';
import { App } from './app';
import { Store } from './store';

beginLang();
applyTheme();
const root = document.getElementById('app');
if (root !== null) render(<App store={new Store()} />, root);
