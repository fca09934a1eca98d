// A list of files of one draft beside their editor: open, new, rename, delete. Used for forms and for decision tables.
export function makeShelf(host, { label, fresh, names, open, create, rename, remove, about = () => "", ending = "" }) {
  let current = null;
  const bare = (name) => (ending && name.endsWith(ending) ? name.slice(0, -ending.length) : name);
  const list = document.createElement("ul");
  list.className = "shelf-list";
  const side = document.createElement("div");
  side.className = "shelf";
  const stage = document.createElement("div");
  stage.className = "shelf-stage";
  const add = button(fresh, "button button-small", async () => {
    const given = await ask(`${fresh.replace("…", "")}`, "", names(), ending);
    if (given) {
      const name = given + ending;
      create(name);
      await show(name);
    }
  });
  side.append(Object.assign(document.createElement("h2"), { textContent: label }), list, add);
  host.replaceChildren(side, stage);

  function draw() {
    list.replaceChildren(...names().map((name) => {
      const line = document.createElement("li");
      const here = name === current;
      const choose = button(bare(name), "shelf-name", () => show(name));
      if (here) choose.setAttribute("aria-current", "true");
      line.append(choose);
      const words = about(name); // what people call it; the name beside it is what the diagram refers to
      if (words) line.append(Object.assign(document.createElement("p"), { className: "shelf-about", textContent: words }));
      if (here) {
        line.append(
          button("Đổi tên…", "plain-button small", async () => {
            const given = await ask("Đổi tên", bare(name), names(), ending);
            const next = given && given + ending;
            if (next && next !== name) {
              current = next;
              rename(name, next);
              draw();
            }
          }),
          button("Xóa…", "plain-button small", async () => {
            if (await sure(`Xóa “${name}” khỏi bản nháp? Có thể lấy lại từ phiên bản trước.`)) {
              current = null;
              remove(name);
              await show(names()[0] ?? null);
            }
          }),
        );
      }
      return line;
    }));
  }

  async function show(name) {
    current = name;
    draw();
    if (name === null || name === undefined) {
      stage.dataset.empty = "Chưa có gì ở đây.";
      await open(null);
      return;
    }
    delete stage.dataset.empty;
    try {
      await open(name);
    } catch (error) { // kept as it was sent; the others on the shelf open all the same
      console.warn(error);
      stage.replaceChildren();
      stage.dataset.empty = `Không mở được “${bare(name)}”: có phần mà trình soạn thảo không hiểu. Nội dung vẫn được giữ nguyên; nhập lại tệp đúng hoặc xóa rồi tạo mới.`;
    }
  }

  return { stage, show, draw, current: () => current };
}

function button(text, className, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className, textContent: text });
  made.addEventListener("click", act);
  return made;
}

// Names are file names and are written into diagrams: letters without marks, digits, dashes.
const NAME = /^[a-z][a-z0-9-]{1,59}$/;

function ask(title, value, taken, ending) {
  return dialogue(title, (form) => {
    const label = Object.assign(document.createElement("label"), { textContent: "Mã (chữ thường không dấu, số, gạch nối)" });
    const input = Object.assign(document.createElement("input"), { type: "text", value, required: true, maxLength: 60, autocomplete: "off" });
    const error = Object.assign(document.createElement("p"), { className: "field-error", hidden: true });
    const id = `ask-${Math.random().toString(36).slice(2)}`;
    input.id = id;
    label.htmlFor = id;
    form.append(label, input, error);
    return () => {
      const name = input.value.trim();
      const wrong = !NAME.test(name) ? "Dùng chữ thường không dấu, số và gạch nối, bắt đầu bằng chữ; ví dụ: tham-tra." : name !== value && taken.includes(name + ending) ? `Đã có “${name}”; chọn mã khác.` : "";
      error.textContent = wrong;
      error.hidden = !wrong;
      return wrong ? null : name;
    };
  }, "Đồng ý");
}

export const sure = (sentence, agree = "Xóa") => dialogue("Xác nhận", (form) => {
  form.append(Object.assign(document.createElement("p"), { textContent: sentence }));
  return () => true;
}, agree);

function dialogue(title, fill, agree) {
  return new Promise((resolve) => {
    const dialog = Object.assign(document.createElement("dialog"), { className: "keys ask" });
    const form = document.createElement("form");
    form.noValidate = true;
    form.append(Object.assign(document.createElement("h2"), { textContent: title }));
    const answer = fill(form);
    const actions = Object.assign(document.createElement("div"), { className: "actions" });
    const yes = Object.assign(document.createElement("button"), { className: "button button-primary", textContent: agree });
    actions.append(yes, button("Hủy", "button", () => dialog.close()));
    form.append(actions);
    let result = null;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const given = answer();
      if (given === null) return;
      result = given;
      dialog.close();
    });
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    dialog.append(form);
    document.body.append(dialog);
    dialog.showModal();
  });
}
