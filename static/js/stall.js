// A stall desk without a line: calling goes on from the cached list. Each step is kept here with its key and its own
// time, and sent in order when the line is back; the server applies it or shows it as a conflict (fairs/claims.py).
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const VERBS = ["call", "recall", "begin", "need", "finish", "consult", "pass_over"];
  const STATES = { called: "已叫号", serving: "办理中" };
  const LOST = [502, 503, 504]; // the server behind the door does not answer
  const EVERY = 3000;
  const SHOWN = 8;

  // What is kept on this machine: the steps not yet sent, and the line as the server told it last.
  const left = () => one("[data-stall-left]");
  const place = () => one("template[data-offline]") || left();
  const told = () => JSON.parse(one("[data-stall-line]")?.dataset.stallLine || "null");
  const user = () => left()?.dataset.user || told()?.user;
  const kept = (name) => JSON.parse(localStorage.getItem(`stall-${name}-${user()}`) || "null");
  const keep = (name, value) => localStorage.setItem(`stall-${name}-${user()}`, JSON.stringify(value));
  const steps = () => kept("claims") || [];

  // The line that this desk goes on from: the newest that was told, but not while steps wait that were built on another.
  function base() {
    const now = told();
    const before = kept("line");
    const isNewer = now && (!before || before.desk !== now.desk || (before.at < now.at && !steps().length));
    if (!isNewer) return before;
    // The polled line does not say how many needs this serving has; what the page said of the same ticket stays.
    if (now.held && now.held.needs === null) {
      now.held.needs = before?.held?.ticket === now.held.ticket ? before.held.needs : 0;
    }
    keep("line", now);
    return now;
  }

  // The desk as it is for its clerk: what the server told, and the steps since.
  function view() {
    const { held, line, desk } = structuredClone(base());
    const now = { held, line, desk };
    steps().filter((step) => step.desk === desk).forEach((step) => {
      if (step.verb === "call") {
        now.held = { ...step.card, state: "called", needs: 0 };
        now.line = now.line.filter((it) => it.ticket !== step.ticket);
      } else if (now.held?.ticket !== step.ticket) return;
      else if (step.verb === "begin") now.held.state = "serving";
      else if (step.verb === "need") now.held.needs += 1;
      else if (step.verb !== "recall") now.held = null;
    });
    return now;
  }

  // One step. What it lacks is said; what it has is kept, under the key of the click that did not get through.
  function verbOf(form) {
    const at = /\/stall\/(\w+)\/$/.exec(form.getAttribute("action") || "");
    return at ? at[1] : "";
  }
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((it) => it.toString(16).padStart(2, "0")).join("");
  function typedIn(form) {
    const words = [...new FormData(form)].filter(([name, value]) => typeof value === "string"
      && !["csrfmiddlewaretoken", "key", "ticket"].includes(name));
    return Object.fromEntries(words);
  }
  function lacking(verb, now, form) {
    const next = now.line.find((it) => it.free);
    if (verb === "call") {
      if (now.held) return `本席位还有 ${now.held.number} 号，先办完或过号，再叫下一位。`;
      return next ? "" : "离线名单里没有可以叫的号。";
    }
    if (!now.held) return "本席位没有号。";
    const wanted = ["recall", "begin", "pass_over"].includes(verb) ? "called" : "serving";
    if (now.held.state !== wanted) return `${now.held.number} 号是“${STATES[now.held.state]}”，不能做这一步。`;
    if (verb === "finish" && !now.held.needs) return "这次接待还没有登记需求。请先登记；没有需求的，按“只是咨询，结束”。";
    return verb === "need" ? lackingNeed(typedIn(form)) : "";
  }
  function lackingNeed(typed) {
    if ((typed.which || "new") === "new" && !(typed.factor && (typed.headline || "").trim())) return "请选择要素，并用一句话写明需求。";
    if (!typed.outcome) return "请选择办理结果。";
    if (["completed", "planned"].includes(typed.outcome) && !(typed.text || "").trim()) return "请写明办结结果或解决方案。";
    if (typed.outcome === "planned" && !(typed.plan_on && typed.plan_owner)) return "请写明方案完成日期和责任人。";
    return "";
  }
  function record(verb, form) {
    const now = view();
    const problem = lacking(verb, now, form);
    if (problem) return say(problem, true);
    const mine = steps();
    const card = verb === "call" ? now.line.find((it) => it.free) : now.held;
    const given = form.elements.key?.value.length > 20 ? form.elements.key.value : "";
    const key = given && !mine.some((step) => step.key === given) ? given : newKey();
    const step = { key, verb, desk: now.desk, ticket: card.ticket, local_at: new Date().toISOString(), card };
    if (verb === "need") {
      step.typed = typedIn(form);
      step.hadPapers = [...new FormData(form).values()].some((it) => it instanceof File && it.size);
      form.reset();
    }
    keep("claims", [...mine, step]);
    show();
    return undefined;
  }

  // What is shown: how much is kept here, the ticket of this desk, the line behind it.
  function say(text, isProblem = false) {
    all("[data-offline-line]").forEach((it) => {
      it.hidden = !text;
      it.textContent = text;
      if (isProblem && it.scrollIntoView) it.scrollIntoView({ block: "nearest" });
    });
  }
  function counted() {
    const mine = steps();
    if (!mine.length) return "离线：显示的是最后一次看到的名单。";
    const papers = mine.some((step) => step.hadPapers) ? "附件没有记下，届时请在需求页“补充材料”。" : "";
    return `离线：已在本机记下 ${mine.length} 步，网络恢复后自动上传。${papers}`;
  }
  // A page that the worker kept is older than what was told since.
  function isOld() {
    const now = told();
    const before = kept("line");
    return Boolean(now && before && before.desk === now.desk && before.at > now.at);
  }
  function show() {
    if (!steps().length && !isOld()) return;
    say(counted());
    if (!one("template[data-offline]")) return;
    const now = view();
    showHeld(now);
    showLine(now);
  }
  function showHeld(now) {
    const panel = one("[data-held]");
    const state = now.held ? now.held.state : "none";
    const word = now.held ? `${now.held.ticket}-${state}` : "";
    if (panel.dataset.held !== word || !now.held) {
      const drawn = one("template[data-offline]").content.cloneNode(true);
      all("[data-when]", drawn).filter((it) => it.dataset.when !== state).forEach((it) => it.remove());
      if (!now.held) one(".counter-held", drawn).remove();
      panel.replaceChildren(drawn);
      panel.dataset.held = word;
    }
    const next = now.line.find((it) => it.free);
    const words = now.held
      ? { ...now.held, state: STATES[state], needs: `已登记 ${now.held.needs} 项，登记后才能按“完成”。`, note: now.held.note && `交接说明：${now.held.note}` }
      : { next: next ? `下一位：${next.number} 号，${next.name}` : "离线名单里没有可以叫的号。" };
    all("[data-fill]", panel).forEach((it) => { it.textContent = words[it.dataset.fill] ?? ""; });
  }
  function showLine(now) {
    const next = now.line.find((it) => it.free);
    all("[data-line-count]").forEach((it) => { it.textContent = `离线名单 ${now.line.length} 家`; });
    all("[data-line]").forEach((list) => list.replaceChildren(...now.line.slice(0, SHOWN).map((it) => {
      const row = document.createElement("li");
      const mark = it.free ? it === next && "下一位" : "在别的摊位";
      [["queue-number", it.number], ["queue-who", it.short], ["queue-mark", mark || ""]].forEach(([css, text]) => {
        row.append(Object.assign(document.createElement("span"), { className: css, textContent: text }));
      });
      return row;
    })));
  }

  // The line is back: everything goes in order, and goes again until it was answered.
  let sending = false;
  const isTyping = () => all("[data-held] .need-form").some((form) => ["headline", "story", "text"].some((name) => form.elements[name]?.value));
  async function send() {
    const mine = steps();
    if (sending || !mine.length || !place()) return;
    sending = true;
    try {
      const answer = await fetch(place().dataset.claims, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": one("[name=csrfmiddlewaretoken]")?.value || "" },
        body: JSON.stringify({ now: new Date().toISOString(), claims: mine.map(({ card, hadPapers, ...step }) => step) }),
        signal: AbortSignal.timeout(15000),
      });
      if (answer.redirected || answer.status === 403) say(`登录已过期或没有权限：本机记下的 ${mine.length} 步还在，请重新登录后打开本页。`);
      else if (answer.ok) settled(mine, await answer.json());
      else if (!LOST.includes(answer.status)) say(`本机记下的 ${mine.length} 步没有上传成功，正在再试。`);
    } catch {
      say(counted());
    } finally {
      sending = false;
    }
  }
  function settled(mine, { results }) {
    const answered = new Set(results.map((it) => it.key));
    keep("claims", steps().filter((step) => !answered.has(step.key)));
    localStorage.removeItem(`stall-line-${user()}`);
    const conflicts = results.filter((it) => it.state === "conflict").length;
    const text = `已连接，本机记下的 ${mine.length} 步已上传${conflicts ? `，${conflicts} 步有出入` : ""}。`;
    if (!isTyping()) return window.location.replace(place().dataset.desk);
    say(`${text}正在填写的需求登记后，页面会更新。`);
    return undefined;
  }

  // A step is taken here when there is no line, or when steps wait already: their order is kept.
  document.addEventListener("submit", (event) => {
    const verb = verbOf(event.target);
    if (!told() || !place() || (navigator.onLine && !steps().length)) return;
    if (!/\/stall\//.test(event.target.getAttribute("action") || "")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (VERBS.includes(verb)) record(verb, event.target);
    else say("离线时只能叫号、办理和登记；这一步请等网络恢复后再做。", true);
  }, true);
  function unsent(event) {
    const form = event.detail.elt.closest("form");
    const verb = form && told() && verbOf(form);
    if (!verb || !VERBS.includes(verb)) return;
    event.stopImmediatePropagation();
    record(verb, form);
  }
  document.addEventListener("htmx:sendError", unsent, true);
  document.addEventListener("htmx:timeout", unsent, true);
  document.addEventListener("htmx:responseError", (event) => { if (LOST.includes(event.detail.xhr.status)) unsent(event); }, true);

  // The page outlives a reload without a line: a worker keeps it, as long as somebody sits at this desk.
  async function lodge() {
    if (!navigator.serviceWorker) return;
    const address = place()?.dataset.worker;
    if (!address) {
      if (!left() || steps().length) return;
      localStorage.removeItem(`stall-line-${user()}`);
      await caches.delete("stall");
      return;
    }
    await navigator.serviceWorker.register(address).catch(() => undefined);
    const { active } = await navigator.serviceWorker.ready;
    const parts = all("link[rel=stylesheet], script[src], link[rel=icon]").map((it) => it.href || it.src);
    active.postMessage([window.location.href, ...parts]);
  }

  function refresh() {
    if (!user()) return;
    base();
    show();
  }
  document.addEventListener("htmx:afterSettle", refresh);
  window.addEventListener("online", send);
  setInterval(() => {
    send();
    if (!steps().length && !isOld() && one("[data-offline-line]")?.textContent.startsWith("离线")) say("");
  }, EVERY);
  refresh();
  send();
  lodge();
})();
