import { bareCodeRules } from './bare-code-rules.ts';
import { connectorRules } from './connector-rules.ts';
import { enhancedMessageRules } from './enhanced-message-rules.ts';
import { enhancedRecipientRules } from './enhanced-recipient-rules.ts';
import { messageRules, policyRules } from './message-rules.ts';
import { recipientRules, unknownRecipientRules } from './recipient-rules.ts';
import { sessionRules } from './session-rules.ts';
import type { VerdictRule } from './verdict-rule.ts';

/**
 * How a mail server's refusals are understood: the first rule that holds decides. Session before transaction; enhanced
 * codes before words, words before bare codes. Every 4yz and 5yz reply meets a rule.
 */
export const verdictRules: readonly VerdictRule[] = [
  ...sessionRules,
  ...enhancedMessageRules,
  ...enhancedRecipientRules,
  ...recipientRules,
  ...connectorRules,
  ...messageRules,
  ...unknownRecipientRules,
  ...policyRules,
  ...bareCodeRules,
];
