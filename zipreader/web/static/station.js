// The keying station.  Answers go out in the background while the next piece, whose
// pictures are here already, is shown; nothing is forgotten before the server has it.
import { Stage } from "/static/stage.js";

const $ = (id) => document.getElementById(id);
const desk = $("desk"), boxes = [...document.querySelectorAll(".digit")];
const leaseSeconds = Number(desk.dataset.lease);
const AHEAD = 3, RETRY = 2000, IDLE_POLL = 5000;
const SEEN = 250;            // milliseconds before which nobody can have seen a piece

const stage = new Stage($("stage"));
const queue = [];            // tasks with their pictures, next first
const sending = new Map();   // answers that the server has not confirmed, by piece
const places = new Map();    // places by ZIP, once known
let current = null;          // the task that is shown
let guessing = false;        // whether the boxes show the guess, which the first digit clears
let keyed = false;           // whether anything was typed into this piece
let finished = false;        // whether the fifth digit was the last that was given
let insistedOn = null;       // the unassigned ZIP that was asked about once
let shownAt = 0, actedAt = 0, touchedAt = Date.now(), filling = null, idle = null, undoing = false;

// --- the server ---------------------------------------------------------------------------

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Keyer": encodeURIComponent(desk.dataset.keyer) },
    body: JSON.stringify(body ?? {}),
  });
  if (answer.status === 401) throw new Error("You are signed out: sign in again in another tab.");
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error ?? answer.statusText);
  return answer.json();
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Only an answer that says so makes a picture missing; else it comes later.
async function viewOf(task) {
  for (;;) {
    try {
      const answer = await fetch(`/pieces/${task.piece}/view`);
      if (answer.ok) return await answer.json();
      if (answer.status === 404) return null;
    } catch { /* the server is away */ }
    task.late = true;
    if (task === current) say("crop", "Its picture has not come yet. Trying again…");
    await wait(RETRY);
    if (task !== current && !queue.includes(task)) return null;
  }
}

async function postUntilHeard(path, body) {
  for (;;) {
    try {
      const answer = await post(path, body);
      trouble("");
      return answer;
    } catch (error) {
      trouble(`Not saved yet (${sending.size} waiting): ${error.message} Trying again…`);
      await wait(RETRY);
    }
  }
}

function trouble(text) {
  $("trouble").textContent = text;
  $("trouble").hidden = !text;
}

// --- pieces -------------------------------------------------------------------------------

function prepared(task) {
  const picture = (name, alt) => {
    const image = new Image();
    image.alt = alt;
    image.src = `/pieces/${task.piece}/${name}.jpg`;
    image.decode().catch(() => {});
    return image;
  };
  for (const { zip, place } of task.candidates) places.set(zip, place);
  task.view = viewOf(task).then((view) => {
    if (!view) return null;
    task.crop = picture("zip", task.zip_found ? "The ZIP, enlarged" : "The address, enlarged");
    task.envelope = picture("envelope", "The envelope");
    return view;
  });
  return task;
}

function fill() {
  filling ??= (async () => {
    try {
      const have = [current?.piece, ...queue.map((task) => task.piece), ...sending.keys()];
      const answer = await post("/desk/next", { besides: have.filter((piece) => piece != null) });
      const known = new Set([current?.piece, ...queue.map((task) => task.piece), ...sending.keys()]);
      for (const task of answer.tasks) if (!known.has(task.piece)) queue.push(prepared(task));
      progress(answer.progress);
      trouble("");
      return true;
    } catch (error) {
      trouble(error.message);
      return false;
    } finally {
      filling = null;
    }
  })();
  return filling;
}

async function showNext() {
  current = null;
  const heard = queue.length > 0 || await fill();
  if (current) return;
  if (queue.length) {
    show(queue.shift());
    if (queue.length < AHEAD) fill();
  } else rest(heard);
}

function show(task, zip = null) {
  clearTimeout(idle);
  current = task;
  insistedOn = null;
  desk.hidden = false;
  $("rest").hidden = true;
  notice("");
  $("file").textContent = task.page > 1 ? `${task.name}, page ${task.page}` : task.name;
  $("reasons").replaceChildren(...task.reasons.map((text) => element("li", text)));
  $("candidates").replaceChildren(...task.candidates.map(candidate));
  $("crop").classList.toggle("address", !task.zip_found);
  setDigits(zip ?? task.candidates[0]?.zip ?? "", zip === null && task.candidates.length > 0);
  pictures(task);
  boxes[0].focus({ preventScroll: true });
  boxes[0].select();
  const guess = task.candidates[0];
  announce(guess ? `Next piece. Guess ${spelled(guess.zip)}, ${guess.place ?? "no place"}.`
                 : "Next piece. No guess: type the ZIP.");
  shownAt = performance.now();
  requestAnimationFrame(() => requestAnimationFrame(() => {
    desk.dataset.shown = String(Math.round(performance.now() - actedAt));
    desk.dataset.piece = String(task.piece);
  }));
}

async function pictures(task) {
  if (!task.crop) {
    if (task.late) say("crop", "Its picture has not come yet. Trying again…");
    else $("crop").replaceChildren();
    stage.clear();
  }
  if (task.crop) { $("crop").replaceChildren(task.crop); stage.show(task.envelope); }
  const view = await task.view;
  if (task !== current) return;
  if (!view) {
    say("crop", "Its picture cannot be shown: the file is gone, has changed or is damaged.");
    stage.clear();
    return;
  }
  if (!task.crop.isConnected) $("crop").replaceChildren(task.crop);
  stage.show(task.envelope, view.size, view.focus);
}

function rest(heard) {
  desk.hidden = true;
  desk.dataset.piece = "";
  $("rest").hidden = false;
  const title = heard ? "All done" : "The server does not answer";
  if ($("rest-title").textContent !== title) announce(title);
  $("rest-title").textContent = title;
  $("rest-text").textContent = heard ? "Nothing waits for you. New mail appears here by itself."
                                     : "Trying again…";
  clearTimeout(idle);
  idle = setTimeout(() => { if (!current) showNext(); }, IDLE_POLL);
}

function candidate({ zip, place }, index) {
  const button = element("button");
  button.type = "button";
  button.append(element("kbd", String(index + 1)), element("span", zip, "zip"),
                element("span", place ?? "no place", place ? "where" : "where none"));
  button.addEventListener("click", () => take(zip));
  const item = element("li");
  item.append(button);
  return item;
}

function element(name, text = "", kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function progress({ done, waiting, hourly }) {
  $("done").textContent = done.toLocaleString("en-US");
  $("waiting").textContent = waiting.toLocaleString("en-US");
  $("hourly").textContent = hourly === null ? "–" : hourly.toLocaleString("en-US");
}

const spelled = (zip) => [...zip].join(" ");
const announce = (text) => { $("announce").textContent = text; };
const say = (id, text) => $(id).replaceChildren(element("p", text));

function notice(text) {
  $("notice").textContent = text;
  $("rest-notice").textContent = text;
}

// What was not saved stays told until it is heeded, whatever is typed meanwhile.
function lost(text) {
  const button = element("button", "OK", "quiet");
  button.type = "button";
  const item = element("li", text);
  item.append(" ", button);
  button.addEventListener("click", () => { item.remove(); $("lost").hidden = !$("lost").children.length; });
  $("lost").append(item);
  $("lost").hidden = false;
}

// --- the five boxes -----------------------------------------------------------------------

const typed = () => boxes.map((box) => box.value).join("");
const isWhole = () => boxes.every((box) => box.value);

function setDigits(zip, isGuess) {
  boxes.forEach((box, index) => { box.value = zip[index] ?? ""; });
  guessing = isGuess;
  keyed = finished = false;
  changed();
}

// A whole ZIP at once, as by the mouse.
function take(zip) {
  setDigits(zip, false);
  keyed = finished = true;
  boxes[4].focus();
}

// One digit alone, in the first box, is the number of a candidate.
function numbered() {
  return boxes[0].value && typed().length === 1 ? current.candidates[Number(boxes[0].value) - 1] : undefined;
}

function changed() {
  for (const box of boxes) box.dataset.was = box.value;
  $("digits").classList.toggle("guess", guessing);
  $("origin").textContent = guessing ? "the machine's guess" : "";
  notice("");
  const choice = numbered();
  [...$("candidates").children].forEach((item, index) => {
    const { zip } = current.candidates[index];
    item.classList.toggle("chosen", choice ? choice.zip === zip : isWhole() && typed() === zip);
  });
  if (choice) place(`Enter takes ${boxes[0].value}: ${choice.zip} ${choice.place ?? "(no place)"}`);
  else if (isWhole()) locate(typed());
  else place("");
}

function place(text, none = false) {
  $("place").textContent = text;
  $("place").classList.toggle("none", none);
}

async function locate(zip) {
  if (!places.has(zip)) {
    place("");
    try {
      const answer = await fetch(`/places/${zip}`);
      if (answer.ok) places.set(zip, (await answer.json()).place);
    } catch { /* the server will ask */ }
  }
  if (current && isWhole() && typed() === zip && !numbered()) {
    const found = places.get(zip);
    place(found ?? (found === null ? "No place has this ZIP." : ""), found === null);
  }
  return places.get(zip);
}

// What follows the fifth digit is a ZIP+4, or no correction of that digit alone.
function type(index, digit) {
  if (guessing) { setDigits("", false); index = 0; }
  if (finished) return notice("Five digits are enough. Backspace, ← or Esc corrects them.");
  boxes[index].value = digit;
  keyed = true;
  finished = index === 4 && isWhole();
  changed();
  const next = boxes[Math.min(index + 1, 4)];
  next.focus({ preventScroll: true });
  next.select();
}

function go(index) {
  guessing = finished = false;
  $("digits").classList.remove("guess");
  $("origin").textContent = "";
  const box = boxes[Math.max(0, Math.min(4, index))];
  box.focus({ preventScroll: true });
  box.select();
}

function erase(index) {
  if (guessing) return setDigits("", false);
  if (!boxes[index].value && index > 0) index -= 1;
  boxes[index].value = "";
  finished = false;
  keyed = typed() !== "";
  changed();
  boxes[index].focus({ preventScroll: true });
}

// --- answers ------------------------------------------------------------------------------

// A key that was pressed twice, or a moment too late, is not meant for the piece after.
const isSeen = () => keyed || performance.now() - shownAt >= SEEN;

async function save() {
  const task = current;
  if (!task || !isSeen()) return;
  const choice = numbered();
  const zip = choice ? choice.zip : typed();
  if (zip.length !== 5) {
    return notice(zip.length ? `${zip.length} of 5 digits.` : "Type the ZIP; N if there is none, X if it cannot be read.");
  }
  const confirmed = insistedOn === zip;
  if (!confirmed && !(places.get(zip) ?? await locate(zip))) {
    if (task !== current) return;
    if (places.get(zip) === null) {
      setDigits(zip, false);
      insistedOn = zip;
      return notice(`No place has ${zip}. Enter again saves it all the same.`);
    }
  }
  if (task === current) send(task, "/desk/answer", { verdict: "zip", zip, confirmed }, zip);
}

function send(task, path, words, said) {
  const body = { piece: task.piece, mark: task.mark, seconds: (performance.now() - shownAt) / 1000, ...words };
  const sent = postUntilHeard(path, body).then((answer) => {
    sending.delete(task.piece);
    progress(answer.progress);
    if (answer.outcome === "lost") {
      lost(`${said} was not saved for ${task.name}: somebody else has that piece by now.`);
    } else if (answer.outcome === "unassigned") {  // the place was not known here
      if (current) queue.unshift(current);
      show(task, words.zip);
      insistedOn = words.zip;
      notice(`No place has ${words.zip}. Enter again saves it all the same.`);
    }
  });
  sending.set(task.piece, sent);
  return showNext();
}

async function undo() {
  if (undoing) return;
  undoing = true;
  try {
    await Promise.all(sending.values());
    const answer = await post("/desk/undo");
    progress(answer.progress);
    if (!answer.task) return notice("There is nothing to undo.");
    const at = queue.findIndex((task) => task.piece === answer.task.piece);
    if (at >= 0) queue.splice(at, 1);
    if (current && current.piece !== answer.task.piece) queue.unshift(current);
    show(prepared(answer.task), answer.zip);
    notice(answer.zip ? `Undone: it was ${answer.zip}.` : "Undone.");
  } catch (error) {
    trouble(error.message);
  } finally {
    undoing = false;
  }
}

const sendSeen = (...words) => { if (current && isSeen()) send(current, ...words); };

const acts = {
  no_zip: () => sendSeen("/desk/answer", { verdict: "no_zip" }, "No ZIP"),
  unreadable: () => sendSeen("/desk/answer", { verdict: "unreadable" }, "Cannot read"),
  skip: () => sendSeen("/desk/skip", {}, "Skip"),
  undo,
  in: () => stage.zoom(1.4),
  out: () => stage.zoom(1 / 1.4),
  whole: () => stage.toggle(),
  turn: () => stage.turn(),
  help: () => $("help").showModal(),
};
const KEYS = {
  n: "no_zip", "*": "no_zip", x: "unreadable", "/": "unreadable", s: "skip", "+": "skip",
  u: "undo", "-": "undo", z: "whole", r: "turn", "?": "help", ArrowUp: "in", ArrowDown: "out",
};
const MOVES = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

// --- events -------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  actedAt = performance.now();
  touched();
  const inside = event.target === document.body || event.target.closest("main");
  if (!inside || $("help").open || event.isComposing) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const heard = () => event.preventDefault();
  if (event.ctrlKey || event.metaKey) {
    if (key === "z" && !event.shiftKey && !event.altKey) { heard(); undo(); }
    return;
  }
  if (event.altKey) return;
  if (event.shiftKey && MOVES[key]) { heard(); stage.move(...MOVES[key]); return; }
  if (event.repeat && (KEYS[key] ?? "in") !== "in" && KEYS[key] !== "out") { heard(); return; }
  if (key === "-" && current && keyed) { heard(); return; }  // the hyphen of a ZIP+4
  if (KEYS[key]) { heard(); acts[KEYS[key]](); return; }
  if (!current) return;
  const at = Math.max(0, boxes.indexOf(document.activeElement));
  if (/^[0-9]$/.test(key)) { heard(); type(at, key); }
  else if (key === "ArrowLeft" || key === "ArrowRight") { heard(); go(at + (key === "ArrowLeft" ? -1 : 1)); }
  else if (key === "Backspace") { heard(); erase(at); }
  else if (key === "Escape") { heard(); setDigits(current.candidates[0]?.zip ?? "", current.candidates.length > 0); boxes[0].focus(); }
  else if (key === "Enter" && !(event.target instanceof HTMLButtonElement)) { heard(); if (!event.repeat) save(); }
  else if (event.target.classList.contains("digit") && key.length === 1) heard();
});

boxes.forEach((box, index) => {
  box.addEventListener("input", () => {  // keyboards on glass send no keys
    const digits = box.value.replace(/\D/g, "");
    if (digits.length >= 5) return take(digits.slice(0, 5));
    box.value = digits ? box.dataset.was ?? "" : "";
    if (digits) type(index, digits.at(-1)); else { finished = false; changed(); }
  });
  box.addEventListener("paste", (event) => {
    event.preventDefault();
    const found = /\d{5}/.exec(event.clipboardData.getData("text"));
    if (found) take(found[0]);
  });
  box.addEventListener("pointerdown", () => go(index));
});

$("form").addEventListener("submit", (event) => { event.preventDefault(); save(); });
document.addEventListener("click", (event) => {
  touched();
  const act = event.target.closest("[data-act]")?.dataset.act;
  if (act) acts[act]();
});
addEventListener("beforeunload", (event) => { if (sending.size) event.preventDefault(); });

// --- leases -------------------------------------------------------------------------------

function touched() {
  const away = Date.now() - touchedAt;
  touchedAt = Date.now();
  if (away > 500 * leaseSeconds) keep();
}

async function keep() {
  const pieces = [current, ...queue].filter(Boolean).map((task) => task.piece);
  if (!pieces.length) return;
  try {
    const { held } = await post("/desk/keep", { pieces });
    const lost = new Set(pieces.filter((piece) => !held.includes(piece) && !sending.has(piece)));
    for (const task of queue.splice(0)) if (!lost.has(task.piece)) queue.push(task);
    if (current && lost.has(current.piece)) {
      await showNext();
      notice("You were away: the piece went back to the queue.");
    }
  } catch (error) {
    trouble(error.message);
  }
}

// Leases last while somebody is at the keys, and run out when they leave.
setInterval(() => { if (Date.now() - touchedAt < 1000 * leaseSeconds) keep(); }, 333 * leaseSeconds);

showNext();
