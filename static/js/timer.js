/* The hold timer: an addition, the page says the seconds and breaths without it.
   Every number comes from the page. Time is read from the clock, never counted: after a locked
   phone it is true, and an end that nobody was told of is said instead of going on. */
const LATE = 3000; // An end noticed later than this was missed.
const BREATH = 6; // Seconds of a slow breath, as the page counts them.

const box = document.getElementById("timer");
const [left, name, line, status] = ["left", "name", "line", "status"].map((part) => box.querySelector(`.t-${part}`));
const [go, back, skip, sound] = box.querySelectorAll("button");
const choices = [...box.querySelectorAll(".chip")];
const chosen = (name) => choices.some((chip) => chip.name === name && chip.classList.contains("on"));
const [breath, part] = box.querySelectorAll(".breath, .part");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const steps = [...document.querySelectorAll("[data-seconds]")];

/* One hold a side, or one for both; the shorter time of the dose unless the reader wants more. */
const lineUp = () => steps.flatMap((step, place) => {
  const { seconds, least, sides, name } = step.dataset;
  const together = sides > 1 && chosen("both");
  const ms = (chosen("longer") ? seconds : least) * 1000;
  return Array.from({ length: together ? 1 : sides }, (_, side) => ({
    step, place, name, ms, least: least * 1000, used: 0,
    side: together ? ", both sides" : sides > 1 ? [", first side", ", other side"][side] : "",
  }));
});

let holds = [];
let at, phase, since, next, note, ended, halved, audio, awake;
let loud = Boolean(window.AudioContext);

const resting = () => phase !== holds[at];
// The clock may be set back, and the other one may sleep: the longer of the two is true.
const passed = () => since ? Math.max(Date.now() - since.clock, performance.now() - since.ticks) : 0;
const spent = () => phase.used + passed();
const open = (hold) => hold.used < hold.ms;
const later = () => holds.findIndex((hold, n) => n > at && open(hold));
const earlier = () => holds.findLastIndex((hold, n) => n < at && open(hold));
const seconds = (ms) => `${Math.round(ms / 1000)} seconds`;

function say(words) {
  status.textContent = words;
}

/* Sound and vibration: one soft tone to begin, two to swap or to let go. */
function cue(times) {
  navigator.vibrate?.(Array(times * 2 - 1).fill(200));
  if (!loud || !audio) return;
  for (let n = 0; n < times; n++) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + n * 0.5;
    tone.frequency.value = 440;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.15, start + 0.05);
    volume.gain.linearRampToValueAtTime(0, start + 0.45);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.5);
  }
}

/* Keep the screen on, or let it go dark again; one request after the other. */
function keepAwake(on) {
  awake = Promise.resolve(awake)
    .then((lock) => lock?.release())
    .then(() => on ? navigator.wakeLock?.request("screen") : null)
    .catch(() => null);
}

function draw() {
  const idle = at === undefined;
  box.classList.toggle("idle", idle);
  for (const chip of choices) chip.hidden = !idle;
  go.textContent = idle ? "Start hold timer" : ended ? "Close" : since ? "Pause" : "Go on";
  sound.textContent = loud ? "Sound on" : "Sound off";
  if (idle) return;
  const ms = ended ? 0 : Math.max(0, phase.ms - spent());
  const whole = Math.ceil(ms / 1000);
  const beat = Math.floor(spent() / 1000) % BREATH;
  const half = BREATH / 2;
  const hold = holds[at];
  const of = steps.length > 1 ? `Point ${hold.place + 1} of ${steps.length}. ` : "";
  left.textContent = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  part.setAttribute("stroke-dasharray", `${(100 * ms / phase.ms).toFixed(1)} 100`);
  breath.setAttribute("r", resting() || still.matches ? 30 : 30 + 4 * (beat < half ? beat + 1 : BREATH - beat - 1));
  name.textContent = resting() ? phase.words : hold.name + hold.side;
  const breathing = beat < half ? "Breathe in" : "Breathe out";
  const enough = hold.ms > hold.least && spent() >= hold.least ? ". Enough for the first day" : "";
  line.textContent = note || of + (since ? resting() ? "" : breathing + enough : "Paused");
  // Not disabled: that would take the focus away.
  back.ariaDisabled = ended || earlier() < 0;
  skip.ariaDisabled = ended;
}

function run() {
  note = "";
  since = { clock: Date.now(), ticks: performance.now() };
  keepAwake(true);
  tick();
}

function halt() {
  phase.used = spent();
  since = null;
  clearTimeout(next);
  keepAwake(false);
}

function choose(number) {
  at = number;
  phase = holds[at];
  halved = false;
  for (const step of steps) step.removeAttribute("aria-current");
  if (steps.length < 2) return;
  phase.step.setAttribute("aria-current", "step");
  phase.step.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
}

/* Give the hands time before hold `number`: to change the side, or the place. */
function restBefore(number) {
  const before = holds[at];
  choose(number);
  const same = before.place === phase.place;
  const words = same ? "Let go. Swap sides" : `Let go. Next: ${phase.name}`;
  phase = { words, ms: box.dataset[same ? "swap" : "change"] * 1000, used: 0 };
  return words;
}

function begin() {
  phase = holds[at];
  say(`${phase.name}${phase.side}: hold ${seconds(phase.ms - phase.used)}${chosen("longer") ? " at most" : ""}`);
  cue(1);
  run();
}

function finish(words) {
  ended = true;
  note = words;
  say(words);
  keepAwake(false);
}

function tick() {
  clearTimeout(next);
  const over = spent() - phase.ms;
  if (over < 0) {
    const hold = holds[at];
    if (!resting() && !hold.side && !halved && -over <= hold.ms / 2) {
      halved = true;
      say("Half way");
    }
    draw();
    next = setTimeout(tick, -over % 1000 || 1000);
    return;
  }
  halt();
  const missed = over > LATE;
  if (resting()) {
    if (missed) {
      phase = holds[at];
      note = "The pause is over. Go on when you are ready.";
      say(note);
    } else {
      begin();
    }
  } else if (later() < 0) {
    cue(2);
    finish(missed ? `Time was up ${seconds(over)} ago. Let go.` : "Done. Let go slowly.");
  } else if (missed) {
    cue(2);
    note = `Time was up ${seconds(over)} ago. Let go.`;
    say(note);
  } else {
    cue(2);
    say(restBefore(later()));
    run();
  }
  draw();
}

/* Go to another hold; what was running goes on there, after time to change. */
function move(number) {
  const running = since;
  halt();
  note = "";
  if (number < 0) finish("Done.");
  else if (running) {
    say(restBefore(number));
    run();
  } else choose(number);
  draw();
}

function listen() {
  if (loud) audio ??= new AudioContext();
}

go.addEventListener("click", () => {
  if (at === undefined) {
    holds = lineUp();
    ended = false;
    listen();
    choose(0);
    begin();
  } else if (ended) {
    choose(0);
    for (const step of steps) step.removeAttribute("aria-current");
    at = undefined;
    say("");
  } else if (since) {
    halt();
  } else if (!resting() && !open(phase)) {
    // The end was missed: time to change first.
    say(restBefore(later()));
    run();
  } else if (phase.used || resting()) {
    run();
  } else {
    begin();
  }
  draw();
});
back.addEventListener("click", () => {
  if (!ended && earlier() >= 0) move(earlier());
});
skip.addEventListener("click", () => {
  if (ended) return;
  if (!resting()) return move(later());
  halt();
  begin();
  draw();
});
sound.addEventListener("click", () => {
  loud = !loud;
  listen();
  draw();
});
for (const chip of choices) {
  chip.addEventListener("click", () => {
    chip.ariaPressed = chip.classList.toggle("on");
  });
}
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !since) return;
  keepAwake(true);
  tick();
});

// The bar of a phone covers the end of the page: scrolling leaves room for it.
new ResizeObserver(() => {
  document.documentElement.style.setProperty("--bar", `${box.offsetHeight}px`);
}).observe(box);
// Whoever asks for the timer, by the link or in the address, gets it.
let asked = false;
function show() {
  asked = true;
  box.classList.remove("early");
  box.scrollIntoView({ block: "nearest" });
  go.focus();
}
// On a phone the bar waits until the cautions above the first step were scrolled past.
new IntersectionObserver(([gate]) => {
  box.classList.toggle("early", !asked && gate.boundingClientRect.top > gate.rootBounds.height);
}).observe(document.getElementById("press-it") ?? steps[0]);
sound.hidden = !loud;
box.hidden = false;
draw();
for (const link of document.querySelectorAll("[href='#timer']")) {
  link.parentElement.hidden = false;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    show();
  });
}
// Not before the page has loaded: until then the browser, too, looks for what the address names.
for (const moment of ["load", "hashchange"]) {
  addEventListener(moment, () => {
    if (location.hash === "#timer") show();
  });
}
