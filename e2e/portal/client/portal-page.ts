import { connectOutbox } from './connect-outbox.ts';
import { showHints } from './hints.ts';
import { showMailServer } from './mail-server-panel.ts';
import { closeMenuOutside, showCurrentLink } from './navigation.ts';
import { offerWriteEmail } from './write-email-form.ts';

closeMenuOutside();
showCurrentLink();
showHints();
showMailServer();
offerWriteEmail();
void connectOutbox();
