import { render } from 'preact';
import '../theme.css';
import './lab.css';
import { beginLang } from '../lang';
import { SceneLadder } from './ladder';
import { Pictures } from './pictures';

// The pictures on a bench, for tests and for who works on them; not one of the pages that are published.

const params = new URLSearchParams(location.search);
const theme = params.get('theme');
if (theme !== null) document.documentElement.dataset['theme'] = theme;
beginLang();
const root = document.getElementById('app');
if (root !== null) render(params.has('scenario') ? <Pictures /> : <SceneLadder />, root);
