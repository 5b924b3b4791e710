// One provider's day, kept the same as the server's: fetched once, then changed by events.
//
// The order matters. A subscription with a cursor that the server does not know begins with a ScheduleReset: from its cursor
// on, nothing is missed. Then the day is fetched, and events that came meanwhile are applied over it. After a cut the page
// comes back with its last cursor and gets what it missed; only when that is too much, the server says so by another reset.

import { ask, follow, SignedOut } from './graphql.js';

const VISIT = `fragment Visit on Appointment {
  id status start end mode confidentiality revision patient { name { text } } visitType { name } provider { id } }`;

const DAY = `query Day($where: AppointmentWhere!, $after: String) {
  appointments(where: $where, first: 100, after: $after) { nodes { ...Visit } pageInfo { hasNextPage endCursor } } } ${VISIT}`;

const CHANGES = `subscription Changes($providers: [ID!]!, $after: String) {
  scheduleChanged(providers: $providers, after: $after) {
    __typename
    ... on ScheduleEvent { cursor kind appointmentId appointment { ...Visit } }
    ... on ScheduleReset { cursor reason } } } ${VISIT}`;

const HOLDS_TIME = new Set(['PENDING', 'BOOKED', 'CHECKED_IN', 'ARRIVED', 'FULFILLED', 'NO_SHOW']);

const pause = (milliseconds, signal) => new Promise(resolve => {
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); });
});

/**
 * Follows until `signal` is aborted. `span` has `from` and `to` as ISO instants; `token` gives an access token;
 * `draw(visits, change)` is called after each change, with the visits in order of time; `tell(state)` with LIVE or WAITING.
 * Raises SignedOut.
 */
export async function followDay({ provider, span, token, draw, tell, signal }) {
  const visits = new Map();
  let cursor = 'none';
  let tries = 0;

  const inside = ({ status, start }) => HOLDS_TIME.has(status) && Date.parse(start) >= Date.parse(span.from) && Date.parse(start) < Date.parse(span.to);
  const inOrder = () => [...visits.values()].sort((one, other) => one.start.localeCompare(other.start));

  async function fetchDay() {
    const found = [];
    for (let page, after = null; !page || page.hasNextPage; after = page.endCursor) {
      const where = { provider, from: span.from, to: span.to };
      const { appointments } = await ask(await token(), DAY, { where, after });
      found.push(...appointments.nodes);
      page = appointments.pageInfo;
    }
    visits.clear();
    for (const visit of found.filter(inside)) visits.set(visit.id, visit);
  }

  while (!signal.aborted) {
    try {
      const current = await token();
      if (!current) throw new SignedOut();
      for await (const { scheduleChanged: update } of follow(current, CHANGES, { providers: [provider], after: cursor }, signal)) {
        tries = 0;
        if (update.__typename === 'ScheduleReset') {
          await fetchDay();
        } else if (update.appointment) {
          const visit = update.appointment;
          if (inside(visit)) visits.set(visit.id, visit);
          else visits.delete(visit.id);
        } else {
          visits.delete(update.appointmentId); // not to be seen any more; null for a change of hours
        }
        cursor = update.cursor;
        tell('LIVE');
        draw(inOrder(), update);
      }
    } catch (error) {
      if (error instanceof SignedOut) throw error;
      console.warn(error);
    }
    if (signal.aborted) return;
    tell('WAITING');
    // Longer each time, and not all pages at the same moment.
    await pause(Math.min(500 * 2 ** tries++, 10_000) * (0.5 + Math.random() / 2), signal);
  }
}
