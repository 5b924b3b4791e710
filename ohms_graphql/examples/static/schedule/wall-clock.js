// A calendar day in a zone that is not the computer's own: browsers know every zone's offset, and have no calendar for it yet.

function offsetOf(instant, zone) {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  }).formatToParts(instant);
  const of = type => Number(parts.find(part => part.type === type).value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - Math.floor(instant / 1000) * 1000;
}

/** The first instant of a day such as 2026-03-29. Where the clock skips midnight, the first that there is. */
export function beginOf(date, zone) {
  const wall = Date.parse(`${date}T00:00:00Z`);
  const candidates = [wall - offsetOf(wall - 86_400_000, zone), wall - offsetOf(wall + 86_400_000, zone)];
  const begins = candidates.filter(instant => instant + offsetOf(instant, zone) === wall);
  return new Date(begins.length ? Math.min(...begins) : Math.max(...candidates));
}

/** Today's date there, as 2026-03-29. */
export function today(zone) {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(new Date());
}

export function dayAfter(date, days = 1) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
