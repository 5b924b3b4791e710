// The page: who signs in chooses a provider and a day, and sees it change.

import { drawDay } from './day-view.js';
import { ask, SignedOut } from './graphql.js';
import { followDay } from './live-day.js';
import { accessToken, comeBack, forget, signIn } from './sign-in.js';
import { beginOf, dayAfter, today } from './wall-clock.js';

const WHO = `query Who {
  viewer { provider { ...One } }
  providers(first: 100) { nodes { ...One } } }
  fragment One on Provider { id name { text } timeZone }`;

const WORDS = { LIVE: 'Live', OPENING: 'Connecting', WAITING: 'Connecting again', OUT: 'Signed out' };

const at = id => document.getElementById(id);
let providers = [];
let following = new AbortController();

function tell(state) {
  document.body.dataset.state = state;
  at('state').textContent = WORDS[state] ?? state;
}

function signedOut() {
  forget();
  following.abort();
  tell('OUT');
  at('sign-in').hidden = false;
}

async function show() {
  following.abort();
  following = new AbortController();
  const { signal } = following;
  const provider = providers.find(one => one.id === at('provider').value);
  const zone = provider.timeZone;
  const date = at('date').value;
  at('title').textContent = provider.name.text;
  at('zone').textContent = `Times are those of ${zone}.`;
  const span = { from: beginOf(date, zone).toISOString(), to: beginOf(dayAfter(date), zone).toISOString() };
  drawDay(at('day'), [], zone);
  at('empty').hidden = true;
  tell('OPENING');
  try {
    await followDay({
      provider: provider.id,
      span,
      token: accessToken,
      tell,
      signal,
      draw(visits, update) {
        drawDay(at('day'), visits, zone, update.appointment?.id);
        at('empty').hidden = visits.length > 0;
        at('news').textContent = update.kind ? update.kind.toLowerCase().replaceAll('_', ' ') : '';
      },
    });
  } catch (error) {
    if (!(error instanceof SignedOut)) throw error;
    signedOut();
  }
}

async function begin() {
  at('sign-in').addEventListener('click', () => void signIn());
  try {
    if (!await comeBack()) {
      signedOut();
      return;
    }
    const { viewer, providers: all } = await ask(await accessToken(), WHO);
    providers = viewer.provider ? [viewer.provider] : all.nodes;
  } catch (error) {
    signedOut();
    at('state').textContent = error instanceof SignedOut ? WORDS.OUT : error.message;
    return;
  }
  at('provider').replaceChildren(...providers.map(one => new Option(one.name.text, one.id)));
  at('date').value = today(providers[0].timeZone);
  at('choice').hidden = false;
  const move = days => { at('date').value = dayAfter(at('date').value, days); void show(); };
  at('earlier').addEventListener('click', () => move(-1));
  at('later').addEventListener('click', () => move(1));
  at('choice').addEventListener('change', () => { if (at('date').value) void show(); });
  at('choice').addEventListener('submit', event => event.preventDefault());
  await show();
}

void begin();
