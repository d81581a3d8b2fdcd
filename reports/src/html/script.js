(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  /* Theme: the system's, or the reader's choice, remembered where the browser allows it. */
  const memory = {
    get() { try { return localStorage.getItem("gnomon-theme") } catch { return null } },
    set(v) { try { v ? localStorage.setItem("gnomon-theme", v) : localStorage.removeItem("gnomon-theme") } catch {} },
  };
  const themeButton = document.querySelector(".theme");
  const themes = ["", "light", "dark"];
  let theme = themes.includes(memory.get()) ? memory.get() : root.dataset.theme || "";
  const showTheme = () => {
    if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
    themeButton.textContent = "Theme: " + (theme || "system");
  };
  themeButton.hidden = false;
  themeButton.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    memory.set(theme);
    showTheme();
  });
  showTheme();

  /* Each list: filter by verdict and text, sort, open all. */
  const numeric = { legacy: "l", governed: "g", rows: "d" };
  for (const box of document.querySelectorAll(".statements")) {
    const list = box.querySelector(".list");
    const items = [...list.querySelectorAll(".stmt")];
    const chips = [...box.querySelectorAll(".chip")];
    const search = box.querySelector("input[type=search]");
    const sort = box.querySelector("select");
    const shown = box.querySelector(".shown");
    const none = box.querySelector(".none");
    const texts = new WeakMap();
    const textOf = (item) => {
      if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
      return texts.get(item);
    };
    const apply = () => {
      const on = new Set(chips.filter((c) => c.getAttribute("aria-pressed") === "true").map((c) => c.dataset.k));
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let n = 0;
      for (const item of items) {
        const fits = on.has(item.dataset.k) && words.every((w) => textOf(item).includes(w));
        item.hidden = !fits;
        n += fits;
      }
      shown.textContent = n + " of " + items.length + " shown";
      none.hidden = n > 0;
    };
    /* A click shows one verdict alone when all are shown; else it adds or removes one. */
    for (const chip of chips) {
      chip.addEventListener("click", () => {
        const all = chips.every((c) => c.getAttribute("aria-pressed") === "true");
        if (all) for (const c of chips) c.setAttribute("aria-pressed", String(c === chip));
        else chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
        if (chips.every((c) => c.getAttribute("aria-pressed") !== "true")) for (const c of chips) c.setAttribute("aria-pressed", "true");
        apply();
      });
    }
    search.addEventListener("input", apply);
    sort.addEventListener("change", () => {
      const key = sort.value;
      const compare = key === "id"
        ? (a, b) => a.dataset.id.localeCompare(b.dataset.id, "en", { numeric: true })
        : key === "plan"
          ? (a, b) => a.dataset.p - b.dataset.p
          : key === "severity"
            ? (a, b) => a.dataset.s - b.dataset.s
            : (a, b) => b.dataset[numeric[key]] - a.dataset[numeric[key]] || a.dataset.p - b.dataset.p;
      items.sort(compare);
      list.append(...items, none);
    });
    box.querySelector(".open-all").addEventListener("click", (event) => {
      const open = event.currentTarget.dataset.open !== "true";
      /* Opening thousands at once would freeze the page. */
      items.filter((item) => !item.hidden).slice(0, 300).forEach((item) => { item.open = open; });
      event.currentTarget.dataset.open = String(open);
      event.currentTarget.textContent = open ? "Close all" : "Open all";
    });
    box.reset = () => {
      for (const c of chips) c.setAttribute("aria-pressed", "true");
      search.value = "";
      apply();
    };
    apply();
  }

  /* The two passes of the demo are tabs. */
  const tabs = [...document.querySelectorAll(".passes a")];
  const showPass = (pass) => {
    root.dataset.pass = pass;
    for (const tab of tabs) tab.setAttribute("aria-current", String(tab.hash === "#page-" + pass));
  };
  for (const tab of tabs) {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      showPass(tab.hash.slice("#page-".length));
    });
  }
  if (tabs.length) showPass("transpiled");

  /* A permalink opens its statement, also where a filter or a tab hides it. */
  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || target.tagName !== "DETAILS") return;
    const pass = target.closest(".pass");
    if (pass && tabs.length) showPass(pass.id.slice("page-".length));
    if (target.hidden) target.closest(".statements").reset();
    target.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash && link.hash === location.hash) follow();
  });
  follow();

  /* Copying gives the text itself: a mark stands for the character that it shows. */
  const plain = (node) => {
    const copy = node.cloneNode(true);
    for (const mark of copy.querySelectorAll(".m")) mark.replaceWith(String.fromCodePoint(Number(mark.dataset.c)));
    return copy.textContent;
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    const source = button.closest(".copy-box").querySelector(".copy-text");
    let done = true;
    try { await navigator.clipboard.writeText(plain(source)) } catch {
      done = false;
      getSelection().selectAllChildren(source);
    }
    button.textContent = done ? "Copied" : "Selected";
    setTimeout(() => { button.textContent = "Copy" }, 1500);
  });

  /* "/" goes to the search box that is on screen. */
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const box = [...document.querySelectorAll("input[type=search]")].find((input) => input.offsetParent);
    if (box) { event.preventDefault(); box.focus(); }
  });
})();
