import { causeTextsEn } from '@portal-outbox/contracts';
import type { LanguageTexts } from './language.ts';
import { messagesEn } from './messages-en.ts';

export const texts: LanguageTexts = { messages: messagesEn, causes: causeTextsEn };
