import { tip } from '../components/shell';
import { useTexts } from '../lang';
import { FACT_TEXTS } from './fact-texts';
import { fact, FACT_GROUPS } from './facts';
import type { Item } from './items';

/** All that is known of a connection in figures, each explained: `ss -ti` made readable. */
export function Values({ item }: { readonly item: Item }) {
  const texts = useTexts(FACT_TEXTS);
  return (
    <div class="values">
      {FACT_GROUPS.map(({ id: group, facts }) => (
        <section key={group} class="values-group">
          <h3>{texts.groups[group]}</h3>
          <dl>
            {facts.map((id) => (
              <div key={id} tabIndex={0} data-fact={id} {...tip(texts.facts[id].explain)}>
                <dt>{texts.facts[id].label}</dt>
                <dd>{fact(id, item)?.text ?? '–'}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
