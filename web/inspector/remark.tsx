import { StateBadge, tip } from '../components/shell';
import { useTexts } from '../lang';
import type { Item } from './items';
import { REMARK_TEXTS } from './remark-texts';
import { endingOf, troubleOf } from './remarks';

/** The state of a connection; of one that is over, also how it ended, and of one that waits for too long, for what. */
export function StateOf({ item, now }: { readonly item: Item; readonly now: number }) {
  const texts = useTexts(REMARK_TEXTS);
  const ending = endingOf(item);
  const trouble = troubleOf(item, now);
  return (
    <>
      <StateBadge state={item.state} ended={ending && texts.endings[ending]} />
      {trouble !== undefined && (
        <span class="remark-trouble" {...tip(texts.means[trouble.kind])}>
          <span aria-hidden="true">⚠</span> {texts.trouble(trouble)}
        </span>
      )}
    </>
  );
}
