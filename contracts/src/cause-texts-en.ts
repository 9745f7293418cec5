/** What one language says of a cause: in two or three words, and in a sentence. */
export interface CauseText {
  label: string;
  meaning: string;
}

/** Why an attempt failed. The keys are the causes; a page loads the texts of its reader's language only. */
export const causeTextsEn = {
  greylisted: text('asked to come later', 'The mail server asks us to try again later.'),
  mailbox_full: text('mailbox full', 'The recipient’s mailbox is full.'),
  mailbox_disabled: text('mailbox switched off', 'The recipient’s mailbox is switched off.'),
  recipient_busy: text('recipient busy', 'The recipient is getting too many messages just now.'),
  too_many_recipients: text(
    'too many recipients',
    'The mail server takes only some of the recipients at a time.',
  ),
  unknown_user: text('unknown address', 'The address does not exist.'),
  unknown_domain: text('unknown domain', 'The address’s domain does not exist or takes no email.'),
  blocked: text('blocked', 'The mail server blocks our messages.'),
  rate_limited: text('too many at once', 'Too many messages at once for the mail server.'),
  too_large: text('too large', 'The message is too large for the mail server.'),
  content_refused: text('content refused', 'The mail server refuses the content.'),
  sender_refused: text('sender refused', 'The mail server refuses this sender.'),
  relay_denied: text('not passed on', 'The mail server does not pass mail on for this connector.'),
  refused: text('refused', 'The mail server refuses the message.'),
  try_later: text('put off', 'The mail server could not take the message just now.'),
  login_refused: text('login refused', 'The mail server refuses the connector’s credentials.'),
  login_required: text('login demanded', 'The mail server demands a login.'),
  token_expired: text(
    'permission expired',
    'The connector’s permission to send (access token) has expired or was withdrawn.',
  ),
  login_unavailable: text('login not possible', 'The mail server cannot check the login just now.'),
  tls_failed: text('no secure connection', 'No secure connection to the mail server.'),
  host_not_found: text('unknown mail server', 'The mail server’s name is unknown.'),
  dns_failed: text('name not looked up', 'The mail server’s name cannot be looked up just now.'),
  host_unreachable: text(
    'mail server out of reach',
    'There is no way through the network to the mail server.',
  ),
  connection_refused: text('connection refused', 'The mail server refuses the connection.'),
  connection_timed_out: text('no answer', 'The mail server does not answer.'),
  connection_lost: text('connection lost', 'The connection broke before the message was handed over.'),
  timed_out: text('answer too slow', 'The mail server took too long to answer.'),
  may_have_been_sent: text(
    'may have been sent',
    'It may have been sent: the connection ended before the mail server’s answer was read.',
  ),
  content_unavailable: text('attachment not read', 'An attachment could not be read.'),
  time_passed: text('its time passed', 'Its time passed while it was cancelled.'),
  migrated: text('migrated', 'Migrated from an older system. It goes only by Retry.'),
  never_claimed: text('not taken by a worker', 'No worker took it though others were sent.'),
  left_on_enable: text(
    'left for a manual retry',
    'Left for a manual retry when the connector was enabled again.',
  ),
} as const;

function text(label: string, meaning: string): CauseText {
  return { label, meaning };
}
