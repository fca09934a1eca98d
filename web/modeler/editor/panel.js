// What our properties panel adds to the library's: operations, people, forms and tables by name, and the norm; and what
// it takes away: fields that the engine doesn't run.
import { SelectEntry, TextAreaEntry, TextFieldEntry, Group, isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited } from "@bpmn-io/properties-panel";
import { jsx } from "@bpmn-io/properties-panel/preact/jsx-runtime";
import { useService } from "bpmn-js-properties-panel";
import { getBusinessObject, is, isAny } from "bpmn-js/lib/util/ModelUtil";
import { read, write } from "./extensions.js";
import { operationOf, operations } from "./templates.js";

const UNUSED = new Set([
  "HistoryCleanup", "Tasklist", "CandidateStarter", "AsynchronousContinuations", "JobExecution", "ExternalTask", "StartInitiator",
  "VersionTag", "BusinessKey", "Script", "FormData", "ConnectorInput", "ConnectorOutput", "ExecutionListener", "TaskListener",
  "FieldInjection", "InMappingPropagation", "OutMappingPropagation",
].map((name) => `CamundaPlatform__${name}`));

const DUE = [
  ["", "Không đặt hạn"],
  ["${office_deadline(now(), 'PT2H')}", "2 giờ làm việc"],
  ["${office_deadline(now(), 'PT4H')}", "4 giờ làm việc"],
  ["${office_deadline(now(), 'PT8H')}", "1 ngày làm việc (8 giờ)"],
  ["${office_deadline(now(), 'PT16H')}", "2 ngày làm việc (16 giờ)"],
  ["${office_deadline(now(), 'PT40H')}", "5 ngày làm việc (40 giờ)"],
  ["${due_at}", "Theo hạn của văn bản"],
];

// --- Fields -------------------------------------------------------------------------------------------------

const attribute = (name) => ({
  get: (element) => getBusinessObject(element).get(name) ?? "",
  set: (injector, element, value) => injector.get("modeling").updateProperties(element, { [name]: value || undefined }),
});
const extension = (kind, name) => ({
  get: (element) => read(element, kind, name),
  set: (injector, element, value) => write(injector, element, kind, name, value),
});

function field(id, label, store, { help = "", required = false, long = false } = {}) {
  const Entry = long ? TextAreaEntry : TextFieldEntry;
  return {
    id,
    isEdited: long ? isTextAreaEntryEdited : isTextFieldEntryEdited,
    component: ({ element }) => {
      const injector = useService("injector");
      return Entry({
        element, id, label: required ? `${label} *` : label, description: help, rows: long ? 2 : undefined, autoResize: long || undefined,
        debounce: useService("debounceInput"),
        getValue: () => store.get(element),
        setValue: (value) => store.set(injector, element, value ?? ""),
        validate: (value) => (required && !String(value ?? "").trim() ? `Điền “${label}”.` : undefined),
      });
    },
  };
}

function choice(id, label, store, options, { help = "", required = false, after } = {}) {
  return {
    id,
    isEdited: isSelectEntryEdited,
    component: ({ element }) => {
      const injector = useService("injector");
      const value = store.get(element);
      const known = options();
      const all = known.some(([each]) => each === value) ? known : [...known, [value, value.includes("${") ? `Biểu thức ${value}` : value]];
      return SelectEntry({
        element, id, label: required ? `${label} *` : label, description: help,
        getOptions: () => all.map(([each, name]) => ({ value: each, label: name })),
        getValue: () => value,
        setValue: (next) => {
          store.set(injector, element, next);
          after?.(injector, element, next);
        },
        validate: (next) => (required && !next ? `Chọn “${label}”.` : undefined),
      });
    },
  };
}

// --- Groups -------------------------------------------------------------------------------------------------

const group = (id, label, entries, open = true) => ({ id: `vanthu-${id}`, label, component: Group, entries, shouldOpen: open });

function operationGroup(element, injector) {
  const templates = injector.get("elementTemplates");
  const found = operationOf(element);
  const store = {
    get: (each) => getBusinessObject(each).get("camunda:topic") ?? "",
    set: (_injector, each, topic) => {
      const template = operations().find((one) => one.metadata.operation === topic);
      if (template) templates.applyTemplate(each, template);
    },
  };
  const sorted = () => [["", "Chưa chọn"], ...operations().map((each) => [each.metadata.operation, `${each.category.name}: ${each.name}`])];
  const entries = [choice("operation", "Thao tác", store, sorted, { required: true, help: found?.description ?? "Hệ thống tự làm bước này." })];
  for (const each of found?.metadata.parameters ?? []) {
    const id = `parameter-${each.name}`;
    const place = extension("input", each.name);
    const help = each.required ? each.help : `${each.help} Có thể để trống.`.trim();
    if (each.choices) {
      const blank = each.required ? [] : [["", "Để trống"]];
      entries.push(choice(id, each.label, place, () => [...blank, ...each.choices.map(({ name, value }) => [value, name])], { required: each.required, help }));
    } else {
      entries.push(field(id, each.label, place, { required: each.required, help, long: each.kind === "text" }));
    }
  }
  return group("operation", "Thao tác của hệ thống", entries);
}

const hintOf = (text) => jsx("div", { class: "bio-properties-panel-entry bio-properties-panel-description", children: text });

function resultsHint(found) {
  const names = found.metadata.results;
  if (!names.length) return "";
  return `Kết quả đọc được ở đầu ra: ${names.map((name) => `\${result.${name}}`).join(", ")}.`;
}

const NEW = " new"; // no form can have this name

const formOf = (newForm) => ({
  get: (element) => getBusinessObject(element).get("camunda:formRef") ?? "",
  set: (injector, element, value) => {
    const key = value === NEW ? newForm(getBusinessObject(element).id) : value;
    injector.get("modeling").updateProperties(element, { "camunda:formRef": key || undefined, "camunda:formRefBinding": key ? "deployment" : undefined });
  },
});

const link = (id, label, onClick) => ({
  id,
  component: () => jsx("div", { class: "bio-properties-panel-entry", children: jsx("button", { type: "button", class: "plain-button", onClick, children: label }) }),
});

function peopleGroup(element, injector) {
  const { roles, forms, newForm, openForm } = injector.get("surroundings");
  const listed = () => [["", "Chưa chọn"], ...roles.map(({ name, label }) => [name, label])];
  const entries = [
    choice("role", "Vai trò thực hiện", attribute("camunda:candidateGroups"), listed, { help: "Ai có vai trò này trong cơ quan đều nhận được việc. Muốn giao cho một đơn vị, ghi ở mục Giao việc." }),
    choice("due", "Hạn xử lý", attribute("camunda:dueDate"), () => DUE, { help: "Tính theo giờ làm việc của cơ quan, kể từ khi việc được giao." }),
    choice("form", "Biểu mẫu", formOf(newForm), () => [["", "Không có biểu mẫu"], [NEW, "Tạo biểu mẫu mới…"], ...forms().map((key) => [key, key])], { help: "Những gì người làm điền khi hoàn thành việc." }),
  ];
  const form = getBusinessObject(element).get("camunda:formRef");
  if (form && forms().includes(form)) entries.push(link("open-form", `Thiết kế biểu mẫu ${form}`, () => openForm(form)));
  return group("people", "Người thực hiện", entries);
}

function decisionGroup(element, injector) {
  const { tables } = injector.get("surroundings");
  const entries = [
    choice("table", "Bảng quyết định", attribute("camunda:decisionRef"), () => [["", "Chưa chọn"], ...tables().map(({ id, name }) => [id, name])], {
      required: true, help: "Bảng được soạn ở thẻ Bảng quyết định.",
      after: (tools, each, value) => tools.get("modeling").updateProperties(each, { "camunda:mapDecisionResult": value ? "singleResult" : undefined }),
    }),
    field("table-result", "Ghi kết quả vào biến", attribute("camunda:resultVariable"), { help: "Chữ thường không dấu, nối bằng gạch dưới." }),
  ];
  return group("decision", "Bảng quyết định", entries);
}

function callGroup(element, injector) {
  const { procedures } = injector.get("surroundings");
  const entries = [choice("called", "Quy trình được gọi", attribute("calledElement"), () => [["", "Chưa chọn"], ...procedures().map(({ key, name }) => [key, name])], { required: true, help: "Hồ sơ con chạy theo bản của chính cơ quan, nếu có." })];
  return group("call", "Gọi quy trình khác", entries);
}

const lawGroup = () => group("law", "Căn cứ pháp lý", [field("legal-basis", "Mã điều khoản", extension("property", "legalBasis"), { help: "Ví dụ: ND30-21.2 LA-5.1.d, cách nhau bằng dấu cách." })], false);

// --- Provider -----------------------------------------------------------------------------------------------

class PanelProvider {
  constructor(propertiesPanel, injector) {
    this._injector = injector;
    propertiesPanel.registerProvider(100, this); // after every other provider
  }

  getGroups(element) {
    return (groups) => arrange(groups, element, this._injector);
  }
}
PanelProvider.$inject = ["propertiesPanel", "injector"];

const empty = (each) => (each.items ? each.items.length === 0 : true);

function arrange(groups, element, injector) {
  const own = ownGroups(element, injector);
  const found = operationOf(element);
  const rest = groups.filter((each) => {
    if (UNUSED.has(each.id)) return !empty(each);
    if (each.id === "CamundaPlatform__Form" || each.id === "CamundaPlatform__Implementation") return own.length < 2;
    if (found && (each.id === "CamundaPlatform__Input" || each.id === "ElementTemplates__Input")) return false;
    return !each.id.startsWith("ElementTemplates__Custom");
  });
  const output = rest.find((each) => each.id === "CamundaPlatform__Output");
  if (found && output) {
    const hint = resultsHint(found);
    if (hint) own[0].entries.push({ id: "results", component: () => hintOf(hint) });
  }
  const at = rest.findIndex((each) => !["general", "documentation"].includes(each.id));
  rest.splice(at === -1 ? rest.length : at, 0, ...own);
  return rest;
}

function ownGroups(element, injector) {
  if (element.type === "label" || element.labelTarget || !is(element, "bpmn:FlowNode")) return is(element, "bpmn:Process") ? [lawGroup()] : [];
  const made = [];
  if (is(element, "bpmn:ServiceTask")) made.push(operationGroup(element, injector));
  if (is(element, "bpmn:UserTask")) made.push(peopleGroup(element, injector));
  if (is(element, "bpmn:BusinessRuleTask")) made.push(decisionGroup(element, injector));
  if (is(element, "bpmn:CallActivity")) made.push(callGroup(element, injector));
  if (isAny(element, ["bpmn:Activity", "bpmn:Event", "bpmn:Gateway"])) made.push(lawGroup());
  return made;
}

export const panelModule = { __init__: ["vanthuPanel"], vanthuPanel: ["type", PanelProvider] };
