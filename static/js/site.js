// What the pages can do beyond links and forms. Everything here improves something that works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const clock = (options) => new Date().toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false, ...options });
  const minute = () => clock({ hour: "2-digit", minute: "2-digit" });
  const second = () => clock({ hour: "2-digit", minute: "2-digit", second: "2-digit" });

  // Toasts, menus and questions that close.
  function closeMenus(except) {
    all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(except)) menu.open = false; });
  }
  document.addEventListener("click", (event) => {
    const hit = event.target.closest("[data-dismiss], [data-close], [data-print]");
    closeMenus(event.target);
    if (!hit) return;
    if (hit.matches("[data-dismiss]")) hit.closest("[data-dismissable]").remove();
    if (hit.matches("[data-print]")) window.print();
    if (hit.matches("[data-close]")) {
      const menu = hit.closest("details");
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  function toast(text, tone = "error") {
    const place = document.getElementById("messages");
    if (!place) return;
    const line = document.createElement("div");
    line.className = `toast-line toast-${tone}`;
    line.dataset.dismissable = "";
    line.append(Object.assign(document.createElement("p"), { textContent: text }));
    const close = Object.assign(document.createElement("button"), { type: "button", className: "toast-close", textContent: "×" });
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", "关闭提示");
    line.append(close);
    place.replaceChildren(line);
  }

  // Keys: data-key="Space" or "R" presses the button, unless somebody is typing or stands on another control.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return closeMenus(null);
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return undefined;
    const at = event.target;
    if (at.closest("input, textarea, select, [contenteditable]")) return undefined;
    if (event.code === "Space" && at.closest("button, a, summary")) return undefined;
    const button = all("[data-key]").find((it) => !it.disabled && it.offsetParent !== null
      && (it.dataset.key === event.code || it.dataset.key.toLowerCase() === event.key.toLowerCase()));
    if (button) { event.preventDefault(); button.click(); }
    return undefined;
  });

  // A form goes once; coming back with the browser's button makes it ready again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    all("button[type=submit]", form).forEach((it) => it.setAttribute("aria-disabled", "true"));
  });
  function ready(form) {
    delete form.dataset.sent;
    all("button[type=submit]", form).forEach((it) => it.removeAttribute("aria-disabled"));
  }
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach(ready));

  // htmx: what failed is said, what was saved is said.
  function saved(form, state, text) {
    all("[data-saved]", form).forEach((it) => { it.dataset.state = state; it.textContent = text; });
  }
  document.addEventListener("htmx:beforeRequest", (event) => {
    const saving = event.detail.elt.closest("[data-autosave]");
    if (saving && all("input[type=file]", saving).some((it) => it.files.length)) saved(saving, "sending", "正在上传附件……");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const from = event.detail.elt;
    const form = from.closest("form");
    if (form) ready(form);
    const saving = from.closest("[data-autosave]");
    if (!saving) return;
    if (event.detail.successful) saved(saving, "saved", `已保存 ${minute()}`);
    else saved(saving, "failed", "还没有保存：网络恢复后会再试");
  });
  function unanswered(event) {
    const form = event.detail.elt.closest("[data-unanswered]");
    toast(form ? form.dataset.unanswered : "网络断开，这一步没有送出，请稍后再试。");
  }
  document.addEventListener("htmx:sendError", unanswered);
  document.addEventListener("htmx:timeout", unanswered);
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 403) toast("您没有权限做这一步，或页面已过期，请刷新后再试。");
    else if (status === 404) toast("找不到这一条，可能已被处理，请刷新页面。");
    else toast("系统暂时没有回应，请稍后再试。");
  });
  // Who asked for a part of a page and got a page without it (signed out, done by somebody else) keeps what is there.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { requestConfig, xhr } = event.detail;
    const part = requestConfig.elt.getAttribute("hx-select");
    if (!part || !event.detail.shouldSwap) return;
    const answer = new DOMParser().parseFromString(xhr.responseText, "text/html");
    if (answer.querySelector(part)) return;
    event.detail.shouldSwap = false;
    const isOut = answer.querySelector("body.entrance");
    toast(isOut ? "登录已过期，请在另一个窗口登录后再试；已填的内容还在本页。" : "这一步现在办不了，可能已有人办过，请刷新页面。");
  });
  window.addEventListener("online", () => all("[data-autosave] [data-saved][data-state=failed]").forEach((it) => {
    it.closest("[data-autosave]").dispatchEvent(new Event("change", { bubbles: true }));
  }));

  // Words are counted while they are typed, as the server counts them: without blanks.
  function countWords(form) {
    const typed = all("[data-counted]", form).map((it) => it.value.replace(/\s/g, ""));
    const count = [...typed.join("")].length + Number(form.dataset.fixed);
    all("[data-count]", form).forEach((it) => { it.textContent = count; });
    all("[data-count-line]", form).forEach((it) => it.classList.toggle("red", count > Number(form.dataset.longest)));
  }
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-counter]");
    if (form) countWords(form);
  });

  // Speech: calls are read one after another, each id once, after one gesture that browsers ask for.
  const spoken = new Set();
  let speaking = false;
  const calledAt = (it) => Number(it.dataset.speakAt) || 0;
  function speak(within) {
    all("[data-speak]", within).sort((a, b) => calledAt(a) - calledAt(b)).forEach((it) => {
      const id = it.dataset.speakId || it.dataset.speak;
      if (spoken.has(id)) return;
      spoken.add(id);
      if (!speaking || !window.speechSynthesis) return;
      window.speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(it.dataset.speak), { lang: "zh-CN", rate: 0.9 }));
    });
  }
  document.addEventListener("click", (event) => {
    const start = event.target.closest("[data-speech-start]");
    if (!start) return;
    speaking = true;
    start.remove();
    if (window.speechSynthesis) window.speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance("叫号语音已开启"), { lang: "zh-CN" }));
  });

  // Polling: an element with data-poll="address" data-every="3000" is fetched again and again.
  const words = { online: "● 已连接", stale: "▲ 正在重连", offline: "■ 已断开" };
  function connection(state) {
    all("[data-connection-light]").forEach((it) => {
      if (it.dataset.connection === state) return;
      it.dataset.connection = state;
      it.firstElementChild.textContent = words[state];
    });
  }

  class Poll {
    constructor(element) {
      this.element = element;
      this.every = Number(element.dataset.every) || 3000;
      this.seen = Date.now();
      this.failures = 0;
      this.tag = "";
      this.age();
      this.plan();
    }

    plan(wait) {
      clearTimeout(this.timer);
      if (document.hidden || !this.element.isConnected) return;
      this.timer = setTimeout(() => this.ask(), wait ?? Math.min(this.every * 2 ** this.failures, 15000));
    }

    async ask() {
      if (this.asking) return;
      this.asking = true;
      try {
        const headers = { "HX-Request": "true" };
        if (this.tag) headers["If-None-Match"] = this.tag;
        const answer = await fetch(this.element.dataset.poll, { headers, signal: AbortSignal.timeout(8000) });
        if (answer.redirected || answer.status === 403) { window.location.reload(); return; }
        if (answer.status !== 304 && !answer.ok) throw new Error(answer.status);
        if (answer.ok) await this.show(answer);
        this.failures = 0;
        this.seen = Date.now();
        this.mark("online");
      } catch {
        this.failures += 1;
        this.mark(this.failures < 3 ? "stale" : "offline");
      } finally {
        this.asking = false;
        this.plan();
      }
    }

    // Somebody who types or has a question open in here is not disturbed; the next answer is shown.
    busy() {
      const at = document.activeElement;
      return this.element.querySelector("details[open]")
        || (this.element.contains(at) && at.matches("input, textarea, select"));
    }

    async show(answer) {
      const text = await answer.text();
      if (this.busy()) return;
      const focused = this.element.contains(document.activeElement) ? document.activeElement.id : "";
      this.tag = answer.headers.get("ETag") || "";
      this.element.innerHTML = text;
      if (window.htmx) window.htmx.process(this.element);
      if (focused) document.getElementById(focused)?.focus();
      speak(this.element);
    }

    mark(state) { this.element.dataset.connection = state; connection(state); this.age(); }

    age() {
      const old = Date.now() - this.seen;
      const text = old > this.every * 3 + 3000 ? `已 ${Math.round(old / 1000)} 秒没有更新` : `更新于 ${second()}`;
      all("[data-poll-age]").forEach((it) => { if (old < 2000 || text.startsWith("已")) it.textContent = text; });
      all("[data-since]", this.element).forEach((it) => {
        const minutes = Math.floor((Date.now() / 1000 - Number(it.dataset.since)) / 60);
        it.textContent = minutes > 0 ? `（${minutes} 分钟前）` : "";
      });
    }
  }

  const polls = [];
  function startPolls() {
    all("[data-poll]").filter((it) => !it.dataset.polling).forEach((it) => {
      it.dataset.polling = "1";
      polls.push(new Poll(it));
    });
  }
  document.addEventListener("visibilitychange", () => polls.forEach((it) => it.plan(document.hidden ? undefined : 0)));
  window.addEventListener("online", () => polls.forEach((it) => it.plan(0)));
  window.addEventListener("offline", () => polls.forEach((it) => it.mark("stale")));
  setInterval(() => { if (!document.hidden) polls.forEach((it) => it.age()); }, 1000);

  // A page that somebody has left goes back to its start: data-idle="45" seconds after the last touch, to data-idle-to.
  // With data-idle-touched only what somebody has begun is cleared; the start itself stays as it is.
  // Where the start cannot be reached, what was typed is cleared and the page stays: nobody could mend an empty screen.
  let idle;
  function touched() {
    clearTimeout(idle);
    const page = document.querySelector("[data-idle]");
    if (page) idle = setTimeout(() => leave(page), Number(page.dataset.idle) * 1000);
  }
  async function leave(page) {
    try {
      await fetch(page.dataset.idleTo, { signal: AbortSignal.timeout(5000) });
      window.location.replace(page.dataset.idleTo);
    } catch {
      all("form", page).forEach((it) => it.reset());
      touched();
    }
  }
  ["pointerdown", "keydown", "input", "scroll"].forEach((name) => document.addEventListener(name, touched, { passive: true }));
  function watchIdle() {
    const page = document.querySelector("[data-idle]");
    if (page && (!("idleTouched" in page.dataset) || page.querySelector("[data-error-summary]"))) touched();
  }

  function begin() {
    startPolls();
    watchIdle();
    speak(document);
    const summary = document.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  }
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id === "main") begin();
    else startPolls();
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
