import { searchCharacters, searchWords } from '@portal-outbox/contracts';

/** Whether the service takes it as a search. */
export function isSearchable(text: string): boolean {
  return (
    text.length <= searchCharacters.most &&
    searchWords(text).some((word) => word.length >= searchCharacters.least)
  );
}
