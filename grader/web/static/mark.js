"use strict";
// The marking screen: every change is sent at once, kept until it is acknowledged, and sent again
// where it was not. The page itself holds no state that the server does not have or get.

const form = document.getElementById("mark");
const key = document.querySelector("meta[name=form-key]").content;
const SHAPES = { open: "not_run", begun: "partly", done: "passed", conflict: "failed", changed: "waiting" };
const by = (id) => document.getElementById(id);

if (form) start();

function start() {
  const saver = new Saver();
  const fields = () => ({
    items: [...form.querySelectorAll("[name=item]:checked")].map((box) => box.value),
    adjustment: by("adjustment").value.trim() || "0",
    comment: by("comment").value,
    flag: by("flag").checked,
    note: by("note").value,
    answer: form.dataset.digest,
  });
  const change = (done = false) => saver.keep({ ...fields(), done });

  saver.restore(fill);
  form.addEventListener("change", () => { change(); saver.flush(); });
  form.addEventListener("input", () => { change(); saver.later(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); finish(); });
  addEventListener("beforeunload", (event) => { if (saver.unsaved) event.preventDefault(); });

  for (const link of document.querySelectorAll("a[href^='/']")) {
    link.addEventListener("click", (event) => { event.preventDefault(); go(link.getAttribute("href")); });
  }
  for (const button of document.querySelectorAll("[data-split]")) {
    button.addEventListener("click", () => split(button.dataset.split));
  }
  for (const button of document.querySelectorAll("[data-take]")) {
    button.addEventListener("click", () => { fill(JSON.parse(button.dataset.take)); change(); saver.flush(); by("finish").focus(); });
  }
  for (const button of document.querySelectorAll(".insert")) {
    button.addEventListener("click", () => insert(button.dataset.text));
  }
  for (const button of document.querySelectorAll(".remove")) {
    button.addEventListener("click", () => edit(button.dataset.kind, button.dataset.id, button.dataset.text, "0", true));
  }
  for (const editor of document.querySelectorAll("form.edit")) {
    editor.addEventListener("submit", (event) => {
      event.preventDefault();
      edit(editor.dataset.kind, editor.dataset.id, editor.elements.text.value, editor.elements.points.value, false);
    });
  }
  by("keep")?.addEventListener("click", () => edit("comment", "", by("comment").value, "0", false));
  by("undo").addEventListener("click", undo);
  by("help").addEventListener("click", () => by("keys").showModal());
  by("shortcuts").checked = localStorage.getItem("shortcuts") !== "off";
  by("shortcuts").addEventListener("change", () => localStorage.setItem("shortcuts", by("shortcuts").checked ? "on" : "off"));
  document.addEventListener("keydown", press);

  function fill(given) {
    for (const box of form.querySelectorAll("[name=item]")) box.checked = given.items.includes(box.value);
    by("adjustment").value = given.adjustment;
    by("comment").value = given.comment;
    if ("flag" in given) { by("flag").checked = given.flag; by("note").value = given.note; }
  }
  async function go(address) {
    if (await saver.flush()) location.assign(address);
  }
  async function finish() {
    change(true);
    if (!(await saver.flush())) return;
    const { query, due } = form.dataset;
    location.assign(due ? `/mark?${query}&at=${due}` : `/list?${query}`);
  }
  async function request(path, body) {
    if (!(await saver.flush())) return null;
    const { assignment, part } = form.dataset;
    const answer = await send(path, { assignment, part, batch: crypto.randomUUID(), ...body });
    if (!answer.ok) { say(`Not saved: ${answer.text}`, "bad"); return null; }
    return answer.json;
  }
  async function edit(kind, id, text, points, removed) {
    if (await request("/edit", { kind, id, text, points, removed })) location.reload();
  }
  async function split(answer) {
    if (await request("/split", { answer, apart: true })) location.assign(`/mark?${form.dataset.query}&at=${answer}`);
  }
  async function undo() {
    const done = await request("/undo", {});
    if (!done) return;
    if (!done.undone) { say("There is nothing of yours to undo here."); return; }
    if (done.at) location.assign(`/mark?${form.dataset.query}&at=${done.at}`);
    else location.reload();
  }
  function insert(text) {
    const comment = by("comment");
    comment.value = comment.value.trim() ? `${comment.value.trimEnd()}\n\n${text}` : text;
    change();
    saver.flush();
  }
  function toggle(box) {
    if (box) { box.checked = !box.checked; change(); saver.flush(); }
  }
  function press(event) {
    const target = event.target;
    const writes = target.matches("textarea, input[type=text]");
    if (event.key === "Escape" && writes) { target.blur(); by("main").focus(); return; }
    if (event.key === "Enter" && event.ctrlKey && target.closest("#mark")) { event.preventDefault(); finish(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || writes || by("keys").open) return;
    if (localStorage.getItem("shortcuts") === "off") return;
    const boxes = form.querySelectorAll("[name=item]");
    const digit = /^Digit([1-9])$/.exec(event.code);
    const { query, previous, following, due, single } = form.dataset;
    const at = (name) => name && go(`/mark?${query}&at=${name}`);
    const keys = {
      0: () => { fill({ items: [], adjustment: "0", comment: by("comment").value }); change(); saver.flush(); },
      a: () => { boxes.forEach((box) => { box.checked = true; }); change(); saver.flush(); },
      c: () => by("comment").focus(), p: () => by("adjustment").select(), m: () => by("note").focus(),
      f: () => toggle(by("flag")), u: undo, g: () => single && split(single),
      j: () => at(following), ArrowRight: () => at(following), k: () => at(previous), ArrowLeft: () => at(previous),
      n: () => at(due), l: () => go(`/list?${query}`), o: () => go("/"),
      e: () => { if (by("rubric")) { by("rubric").open = true; by("rubric").querySelector("textarea").focus(); } },
      "?": () => by("keys").showModal(),
    };
    let act = keys[event.key];
    if (digit && event.shiftKey) act = () => document.querySelectorAll(".insert")[digit[1] - 1]?.click();
    else if (/^[1-9]$/.test(event.key)) act = () => toggle(boxes[event.key - 1]);
    // On a button or a link Enter is its own.
    else if (event.key === "Enter" && !target.closest("a, button, summary")) act = finish;
    if (act) { event.preventDefault(); act(); }
  }
}

// One change at a time is on its way. It stands in this tab's storage until it is acknowledged, so
// that a reload, or a server that was away, loses nothing.
function Saver() {
  const place = `unsaved ${form.dataset.assignment} ${form.dataset.part} ${form.dataset.answers}`;
  // What this page has shown of others' marks, and no more: a mark that came since is not replaced.
  const heads = JSON.parse(form.dataset.heads);
  let pending = null, sending = null, timer = 0, pause = 500;
  const self = this;
  Object.defineProperty(this, "unsaved", { get: () => pending !== null });
  this.keep = (given) => {
    const { assignment, part, answers } = form.dataset;
    pending = { assignment, part, answers: answers.split(" "), seen: heads, given, batch: crypto.randomUUID() };
    sessionStorage.setItem(place, JSON.stringify(pending));
    say("Saving…");
  };
  this.later = () => { clearTimeout(timer); timer = setTimeout(() => self.flush(), 400); };
  this.restore = (fill) => {
    const text = sessionStorage.getItem(place);
    if (!text) return;
    pending = JSON.parse(text);
    fill(pending.given);
    self.flush();
  };
  this.flush = async () => {
    clearTimeout(timer);
    while (pending) {
      sending ??= attempt().finally(() => { sending = null; });
      if (!(await sending)) return false;
    }
    return true;
  };
  async function attempt() {
    const change = pending;
    const answer = await send("/save", change);
    if (answer.status === 422) {
      if (pending.batch === change.batch) { pending = null; sessionStorage.removeItem(place); }
      say(answer.text, "bad");
      return false;
    }
    if (!answer.ok) {
      say(`NOT SAVED: ${answer.text} Trying again…`, "bad");
      pause = Math.min(pause * 2, 8000);
      timer = setTimeout(() => self.flush(), pause);
      return false;
    }
    pause = 500;
    if (pending.batch === change.batch) { pending = null; sessionStorage.removeItem(place); }
    show(answer.json);
    return true;
  }
}

function show(answer) {
  const { done, total, mine } = answer.progress;
  by("points").value = answer.points;
  by("word").textContent = answer.word;
  by("state").querySelector("use").setAttribute("href", `#icon-${SHAPES[answer.state]}`);
  by("state").querySelector("svg").setAttribute("class", `icon ${SHAPES[answer.state]}`);
  by("progress").value = done;
  by("counts").textContent = `${done} of ${total} done, ${mine} left for you`;
  say(`Saved at ${new Date().toLocaleTimeString()}.`, "good");
}

function say(text, kind = "") {
  by("saved").textContent = text;
  by("saved").className = kind;
}

async function send(path, body) {
  try {
    const reply = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Form-Key": key },
      body: JSON.stringify(body),
    });
    const text = await reply.text();
    return { ok: reply.ok, status: reply.status, text, json: reply.ok ? JSON.parse(text) : null };
  } catch {
    return { ok: false, status: 0, text: "`grader mark` does not answer. Is it still running?" };
  }
}
