import { describe, it } from 'vitest';
import { expectTranscript, Transcript } from '../support/transcript.ts';
import { append, crash, start } from './support.ts';

describe('a run of Viewstamped Replication as text', () => {
  it('S1.70 shows a request, a view change and a recovery when read', () => {
    const run = start();
    const text = new Transcript(run.group, ['role', 'view', 'op', 'commit']);
    text.say('# The primary of view 0 orders a request.');
    const first = text.request(1, append(1));
    text.settle();
    text.answer(first);
    text.say('# It crashes. A backup changes the view, and the operation stays.');
    crash(run, 1);
    text.fire(2, 'view-change');
    text.settle();
    text.say('# It comes back with nothing, and asks the others for its state.');
    run.group.boot(1);
    text.settle();
    expectTranscript('viewstamped', text.lines);
  });
});
