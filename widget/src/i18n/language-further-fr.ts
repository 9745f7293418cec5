export { furtherFr as further } from './messages-further-fr.ts';
