// Draws a day. Text goes in as text: names are not markup.

const element = (name, className, text) => {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

const WORDS = {
  PENDING: 'asked for', BOOKED: 'booked', CHECKED_IN: 'checked in', ARRIVED: 'here', FULFILLED: 'seen', NO_SHOW: 'did not come',
};

/** `changed` is the id of the visit that the last event told of: it is shown as new for a moment. */
export function drawDay(list, visits, zone, changed) {
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone });
  list.replaceChildren(...visits.map(visit => {
    const row = element('li', `visit ${visit.status.toLowerCase()}${visit.id === changed ? ' changed' : ''}`);
    row.dataset.id = visit.id;
    const time = element('time', 'time', `${clock.format(new Date(visit.start))}–${clock.format(new Date(visit.end))}`);
    time.dateTime = visit.start;
    row.append(
      time,
      element('span', 'patient', visit.patient.name.text),
      element('span', 'what', `${visit.visitType.name}${visit.mode === 'VIDEO' ? ', by video' : ''}`),
      element('span', 'status', WORDS[visit.status]),
    );
    return row;
  }));
}
