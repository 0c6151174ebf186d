import { render } from 'preact';
import '../theme.css';
import { applyTheme } from '../components/shell';
import { beginLang } from '../lang';
import { App } from './app';
import { readData } from './data';

const data = readData(document.getElementById('synack-report')?.textContent);
beginLang(data?.lang);
applyTheme();
const root = document.getElementById('app');
if (root !== null) render(<App data={data} />, root);
