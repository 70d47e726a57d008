export type { Answers, DeletionStatus, HistoryEntry, OpenedNotice, OpenedRedisclosure, PreviewView } from './answers';
export { castStory, type Cast, type Member } from './cast';
export { findRecipients } from './find-recipients';
export { GatewayClient } from './gateway-client';
export { stepNames, type Plot, type Stage, type StepName } from './step';
export { StoryError } from './story-error';
export { tellStory, type Audience, type StepReport } from './tell-story';
