import { render } from 'preact';
import '../theme.css';
import { chooseLang, lang } from '../lang';

function App() {
  return <main>synack explain ({lang.value})</main>;
}

chooseLang(lang.value);
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
