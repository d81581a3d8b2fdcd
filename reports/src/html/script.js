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

  /* Each list: filter by verdict, cause, table and text, sort, open all. */
  const numeric = { legacy: "l", governed: "g", rows: "d" };
  for (const box of document.querySelectorAll(".statements")) {
    const list = box.querySelector(".list");
    const items = [...list.querySelectorAll(".stmt")];
    const chips = [...box.querySelectorAll(".chip")];
    const search = box.querySelector("input[type=search]");
    const sort = box.querySelector("select:not(.facet)");
    const facets = [...box.querySelectorAll(".facet")];
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
      const without = words.filter((w) => w.length > 1 && w.startsWith("-")).map((w) => w.slice(1));
      const wanted = words.filter((w) => !w.startsWith("-"));
      const by = facets.filter((f) => f.value).map((f) => ({ key: f.dataset.by, not: f.value.startsWith("!"), value: f.value.replace("!", "") }));
      let n = 0;
      for (const item of items) {
        const fits = on.has(item.dataset.k)
          && by.every((f) => (item.dataset[f.key] || "").split(" ").includes(f.value) !== f.not)
          && wanted.every((w) => textOf(item).includes(w)) && !without.some((w) => textOf(item).includes(w));
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
    for (const facet of facets) facet.addEventListener("change", apply);
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
    box.only = (key, value) => {
      box.reset();
      for (const facet of facets) if (facet.dataset.by === key) facet.value = value;
      apply();
      box.scrollIntoView();
    };
    box.reset = () => {
      for (const facet of facets) facet.value = "";
      for (const c of chips) c.setAttribute("aria-pressed", "true");
      search.value = "";
      apply();
    };
    apply();
  }

  /* A cause shows its statements alone, in the list of its pass. */
  for (const button of document.querySelectorAll(".only")) {
    button.addEventListener("click", () => {
      (button.closest(".pass") || document).querySelector(".statements").only(button.dataset.by, button.dataset.value);
    });
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
    const as = button.dataset.as;
    const source = as ? button.closest(".copy-table").querySelector("table") : button.closest(".copy-box").querySelector(".copy-text");
    const label = button.textContent;
    let done = true;
    try { await navigator.clipboard.writeText(as ? written(source, as) : plain(source)) } catch {
      done = false;
      getSelection().selectAllChildren(source);
    }
    button.textContent = done ? "Copied" : "Selected";
    setTimeout(() => { button.textContent = label }, 1500);
  });

  /* A table as text: exact figures where the cell has them. */
  const exact = (cell) => cell.dataset.v ?? [...(cell.querySelector("div") ? cell.children : [cell])].map(plain).join("; ");
  const escapes = {
    /* A text that a spreadsheet would take for a formula is kept a text. */
    csv: (text) => {
      const safe = /^[=+@\t\r]/.test(text) || (/^-/.test(text) && isNaN(text)) ? "'" + text : text;
      return /[",\n\r]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
    },
    markdown: (text) => text.replace(/[\\|`*_<>\[\]&~#]/g, "\\$&").replace(/\r?\n/g, " "),
  };
  const written = (table, as) => {
    const rows = [...table.rows].map((row) => [...row.cells].map((cell) => escapes[as](exact(cell))));
    if (as === "csv") return rows.map((row) => row.join(",")).join("\r\n") + "\r\n";
    rows.splice(1, 0, rows[0].map(() => "---"));
    return rows.map((row) => "| " + row.join(" | ") + " |").join("\n") + "\n";
  };

  /* Figures sort as numbers, the largest first; texts as people read them. */
  for (const table of document.querySelectorAll(".sortable")) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const figures = head.classList.contains("n");
        const turned = head.getAttribute("aria-sort") === (figures ? "descending" : "ascending");
        for (const other of heads) other.removeAttribute("aria-sort");
        const descending = figures !== turned;
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        const text = (row) => exact(row.cells[at]);
        const number = (row) => { const v = parseFloat(text(row)); return isNaN(v) ? -Infinity : v };
        const compare = figures
          ? (a, b) => number(a) - number(b) || 0
          : (a, b) => text(a).localeCompare(text(b), "en", { numeric: true });
        const rows = [...body.rows].sort(compare);
        if (descending) rows.reverse();
        body.append(...rows);
      });
    });
  }

  /* "/" goes to the search box that is on screen. */
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const box = [...document.querySelectorAll("input[type=search]")].find((input) => input.offsetParent);
    if (box) { event.preventDefault(); box.focus(); }
  });
})();
