import { render } from 'preact';
import '../theme.css';
import { chooseLang, lang } from '../lang';
import { App } from './app';
import { readData } from './data';

const data = readData();
chooseLang(new URLSearchParams(location.search).has('lang') ? lang.value : (data?.lang ?? lang.value));
const root = document.getElementById('app');
if (root !== null) render(<App data={data} />, root);
