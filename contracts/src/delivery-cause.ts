import { causeAdvice } from './cause-advice.ts';
import { causeTextsEn } from './cause-texts-en.ts';
import { causeTextsFr } from './cause-texts-fr.ts';

export type DeliveryCause = keyof typeof causeTextsEn;

interface InBothLanguages {
  en: string;
  fr: string;
}

/**
 * Why an attempt failed, in plain words, for the page and the webhook alike. A cause says what it means and
 * what to do; the mail server's own reply is shown beside it.
 */
export const deliveryCauses: Record<DeliveryCause, { meaning: InBothLanguages; advice: InBothLanguages }> =
  /* @__PURE__ */ bothLanguages();

function bothLanguages(): typeof deliveryCauses {
  const causes = Object.keys(causeTextsEn) as DeliveryCause[];
  return Object.fromEntries(
    causes.map((cause) => [
      cause,
      {
        meaning: { en: causeTextsEn[cause].meaning, fr: causeTextsFr[cause].meaning },
        advice: causeAdvice[cause],
      },
    ]),
  ) as typeof deliveryCauses;
}
