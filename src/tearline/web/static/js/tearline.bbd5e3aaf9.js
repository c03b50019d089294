// What the pages do beyond htmx, all of it optional: clocks that count down, keys that go places, a menu that closes.
// No markup is ever made from text here, so the page's Trusted Types policy has nothing to allow.

const unit = (n, name) => new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: name, unitDisplay: "long" }).format(n);

// ---- Clocks.  The server says what time it is (data-now on an element around them), so a wrong clock on this device
// moves nothing.  Digits keep their width, so nothing shifts.  How long it is, is said as web/tongue.py says it.
function span(minutes) {
  if (minutes >= 2880) return unit(Math.floor(minutes / 1440), "day");
  if (minutes < 120) return unit(Math.max(1, minutes), "minute");
  const hours = unit(Math.floor(minutes / 60), "hour");
  return minutes < 360 && minutes % 60 ? `${hours} ${unit(minutes % 60, "minute")}` : hours;
}

const since = new WeakMap();

function present(root) {
  const said = root.dataset.now;
  let mark = since.get(root);
  if (!mark || mark.said !== said) since.set(root, (mark = { said, at: Date.now() }));
  return Date.parse(said) + Date.now() - mark.at;
}

function tick() {
  for (const root of document.querySelectorAll("[data-now]")) {
    const now = present(root);
    for (const clock of root.querySelectorAll("time[data-clock]")) {
      const left = Date.parse(clock.dateTime) - now;
      const said = span(Math.floor(Math.abs(left) / 60000));
      const shown = clock.querySelector("[data-span]");
      if (shown && shown.textContent !== said) shown.textContent = said;
      clock.toggleAttribute("data-late", left < 0);
    }
  }
}

tick();
setInterval(tick, 5000);

// ---- Keys: g and a letter goes to a place, j and k walk a list, / goes to the search, ? to where this is explained.
// They can be switched off under Preferences; a key pressed in a field, or with Ctrl, Alt or Meta, is never taken.
let waiting = 0;

function go(href) {
  if (href) location.assign(href);
}

function walk(step) {
  const stops = [...document.querySelectorAll("[data-walk] > li a:first-of-type, [data-walk] th a:first-of-type")].filter(
    (stop, n, all) => stop.offsetParent && all.findIndex((other) => other.closest("li, tr") === stop.closest("li, tr")) === n,
  );
  const at = stops.findIndex((stop) => stop.closest("li, tr").contains(document.activeElement));
  stops[at < 0 ? (step > 0 ? 0 : stops.length - 1) : Math.min(stops.length - 1, Math.max(0, at + step))]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (!("shortcuts" in document.body.dataset) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const after = Date.now() - waiting < 1500;
  waiting = 0;
  if (after) {
    if (!/^[a-z]$/.test(event.key)) return;
    const link = document.querySelector(`[data-key="${event.key}"]`);
    if (link) event.preventDefault();
    return go(link?.getAttribute("href"));
  }
  if (event.key === "g") waiting = Date.now();
  else if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "?") go("/preferences#keys");
  else if (event.key === "/") {
    const field = document.querySelector('[role="search"] input');
    const link = document.querySelector('a[href="/search"]');
    if (field || link) event.preventDefault();
    field ? field.focus() : go(link?.getAttribute("href"));
  }
});

// ---- The header's menus close on Escape and on a click beside them.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll(".tl-me[open], .tl-menu[open]")) {
    const held = open.contains(document.activeElement);
    open.open = false;
    if (held) open.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(".tl-me[open], .tl-menu[open]")) if (!open.contains(event.target)) open.open = false;
});

// ---- Preferences: offer the zone of this device, if the list has it.
const offer = document.querySelector("[data-device-zone]");
if (offer) {
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const list = document.getElementById("f-zone");
  if ([...list.options].some((option) => option.value === name)) {
    offer.hidden = false;
    offer.addEventListener("click", () => {
      list.value = name;
      list.focus();
    });
  }
}

// ---- Choosing in a form: Enter looks for what stands in this very field, and never for another one's or sends the form.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches('.tl-chooser input[type="search"]')) return;
  event.preventDefault();
  event.target.parentElement.querySelector("button").click();
});
