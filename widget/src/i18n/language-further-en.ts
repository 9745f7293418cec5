export { furtherEn as further } from './messages-further-en.ts';
