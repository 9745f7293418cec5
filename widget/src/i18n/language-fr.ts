import { causeTextsFr } from '@portal-outbox/contracts';
import type { LanguageTexts } from './language.ts';
import { messagesFr } from './messages-fr.ts';

export const texts: LanguageTexts = { messages: messagesFr, causes: causeTextsFr };
