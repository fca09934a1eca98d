// Everything the mouse does by dragging, as a choice from a list: adding, connecting, attaching, changing lanes.
import { getBusinessObject, is, isAny } from "bpmn-js/lib/util/ModelUtil";
import { pick } from "./pick.js";

const PLAIN = [
  ["Việc của người", { type: "bpmn:UserTask" }, "nguoi nhiem vu"],
  ["Việc của hệ thống", { type: "bpmn:ServiceTask" }, "thao tac tu dong"],
  ["Bảng quyết định", { type: "bpmn:BusinessRuleTask" }, "dmn"],
  ["Gọi quy trình khác", { type: "bpmn:CallActivity" }, ""],
  ["Quy trình con", { type: "bpmn:SubProcess", isExpanded: true }, ""],
  ["Rẽ nhánh chọn một", { type: "bpmn:ExclusiveGateway" }, "cong"],
  ["Rẽ nhánh song song", { type: "bpmn:ParallelGateway" }, "cong"],
  ["Rẽ nhánh theo điều kiện", { type: "bpmn:InclusiveGateway" }, "cong"],
  ["Rẽ nhánh theo sự kiện", { type: "bpmn:EventBasedGateway" }, "cong"],
  ["Bắt đầu", { type: "bpmn:StartEvent" }, "su kien"],
  ["Bắt đầu khi có thông điệp", { type: "bpmn:StartEvent", eventDefinitionType: "bpmn:MessageEventDefinition" }, "su kien"],
  ["Kết thúc", { type: "bpmn:EndEvent" }, "su kien"],
  ["Kết thúc toàn bộ", { type: "bpmn:EndEvent", eventDefinitionType: "bpmn:TerminateEventDefinition" }, "su kien"],
  ["Chờ đến giờ", { type: "bpmn:IntermediateCatchEvent", eventDefinitionType: "bpmn:TimerEventDefinition" }, "su kien hen gio"],
  ["Chờ thông điệp", { type: "bpmn:IntermediateCatchEvent", eventDefinitionType: "bpmn:MessageEventDefinition" }, "su kien"],
  ["Gửi thông điệp", { type: "bpmn:IntermediateThrowEvent", eventDefinitionType: "bpmn:MessageEventDefinition" }, "su kien"],
];

const BOUNDARY = [
  ["Hẹn giờ, ngắt công việc", "bpmn:TimerEventDefinition", true],
  ["Hẹn giờ, công việc vẫn tiếp tục", "bpmn:TimerEventDefinition", false],
  ["Lỗi nghiệp vụ", "bpmn:ErrorEventDefinition", true],
  ["Thông điệp, ngắt công việc", "bpmn:MessageEventDefinition", true],
  ["Thông điệp, công việc vẫn tiếp tục", "bpmn:MessageEventDefinition", false],
  ["Tín hiệu, ngắt công việc", "bpmn:SignalEventDefinition", true],
  ["Báo cấp trên, ngắt công việc", "bpmn:EscalationEventDefinition", true],
  ["Báo cấp trên, công việc vẫn tiếp tục", "bpmn:EscalationEventDefinition", false],
];

const KINDS = {
  "bpmn:UserTask": "việc của người", "bpmn:ServiceTask": "việc của hệ thống", "bpmn:BusinessRuleTask": "bảng quyết định",
  "bpmn:CallActivity": "gọi quy trình", "bpmn:SubProcess": "quy trình con", "bpmn:StartEvent": "bắt đầu", "bpmn:EndEvent": "kết thúc",
  "bpmn:ExclusiveGateway": "rẽ nhánh", "bpmn:ParallelGateway": "song song", "bpmn:InclusiveGateway": "rẽ nhánh",
  "bpmn:EventBasedGateway": "rẽ theo sự kiện", "bpmn:BoundaryEvent": "sự kiện gắn kèm", "bpmn:IntermediateCatchEvent": "chờ",
  "bpmn:IntermediateThrowEvent": "gửi", "bpmn:Lane": "làn", "bpmn:Participant": "vùng", "bpmn:SequenceFlow": "luồng", "bpmn:Task": "công việc",
};

export function makeMoves(studio) {
  const get = (name) => studio.modeler.get(name);
  const selected = () => get("selection").get();
  const only = () => (selected().length === 1 ? selected()[0] : null);
  const named = (element) => studio.title(element.id).trim();
  const kind = (element) => KINDS[element.type] ?? "";
  const line = (element, extra = {}) => ({ label: named(element), detail: [kind(element), element.id].filter(Boolean).join(" · "), element, ...extra });

  function all(filter) {
    return get("elementRegistry").filter((each) => each.type !== "label" && !each.labelTarget && each.parent && filter(each)).sort((a, b) => (a.x ?? 0) - (b.x ?? 0) || (a.y ?? 0) - (b.y ?? 0));
  }

  function reveal(element) {
    get("selection").select(element);
    get("canvas").scrollToElement(element, 120);
    document.querySelector("[data-studio-live]").textContent = `Đã chọn ${named(element)}`;
  }

  const shapeOf = (choice) => (choice.template ? get("elementTemplates").createElement(choice.template) : get("elementFactory").createShape({ ...choice.attributes }));

  async function add() {
    const source = only();
    const follows = source && isAny(source, ["bpmn:FlowNode"]) && !is(source, "bpmn:EndEvent");
    const items = [
      ...get("elementTemplates").getLatest().map((each) => ({ group: each.category?.name, label: each.name, detail: each.description, search: (each.keywords ?? []).join(" "), template: each })),
      ...PLAIN.map(([label, attributes, search]) => ({ group: "Phần tử BPMN", label, attributes, search })),
    ];
    const title = follows ? `Thêm phần tử sau “${named(source)}”` : "Thêm phần tử";
    const choice = await pick({ title, items });
    if (!choice) return;
    const shape = shapeOf(choice);
    if (choice.attributes && !getBusinessObject(shape).name && choice.attributes.type.endsWith("Task")) getBusinessObject(shape).name = choice.label;
    const added = follows && choice.attributes?.type !== "bpmn:StartEvent" ? get("autoPlace").append(source, shape) : place(shape);
    reveal(added);
  }

  // Where it is seen: the middle of the view, in the lane that lies there.
  function place(shape) {
    const canvas = get("canvas");
    const box = canvas.viewbox();
    const middle = { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
    const inside = (each) => middle.x > each.x && middle.x < each.x + each.width && middle.y > each.y && middle.y < each.y + each.height;
    const pools = all((each) => is(each, "bpmn:Participant"));
    const pool = pools.find(inside) ?? pools[0];
    if (pool && !inside(pool)) Object.assign(middle, { x: pool.x + pool.width / 2, y: pool.y + pool.height / 2 });
    return get("modeling").createShape(shape, middle, pool ?? canvas.getRootElement());
  }

  async function connect() {
    const source = only();
    if (!source) return studio.say("Chọn một phần tử rồi dùng “Nối tới…”.");
    if (source.waypoints) return reconnect(source);
    const rules = get("bpmnRules");
    const items = all((each) => each !== source && !each.waypoints && rules.canConnect(source, each)).map((each) => line(each));
    const choice = await pick({ title: `Nối “${named(source)}” tới…`, items, none: "Không có phần tử nào nối được từ đây." });
    if (!choice) return undefined;
    reveal(get("modeling").connect(source, choice.element));
    return undefined;
  }

  async function reconnect(flow) {
    const items = all((each) => each !== flow.source && each !== flow.target && !each.waypoints && get("bpmnRules").canConnect(flow.source, each)).map((each) => line(each));
    const choice = await pick({ title: `Nối lại từ “${named(flow.source)}” tới…`, items });
    if (!choice) return;
    const { element } = choice;
    get("modeling").reconnectEnd(flow, element, { x: element.x + element.width / 2, y: element.y + element.height / 2 });
    get("modeling").layoutConnection(flow);
    reveal(flow);
  }

  async function attach() {
    const host = only();
    if (!host || !is(host, "bpmn:Activity")) return studio.say("Chọn một công việc hoặc quy trình con để gắn sự kiện.");
    const choice = await pick({ title: `Gắn sự kiện vào “${named(host)}”`, items: BOUNDARY.map(([label, eventDefinitionType, cancelActivity]) => ({ label, eventDefinitionType, cancelActivity })) });
    if (!choice) return undefined;
    const { eventDefinitionType, cancelActivity } = choice;
    const shape = get("elementFactory").createShape({ type: "bpmn:BoundaryEvent", eventDefinitionType, cancelActivity });
    const count = (host.attachers ?? []).length;
    const spot = { x: host.x + host.width - 22 - (count % 3) * 38, y: host.y + host.height };
    reveal(get("modeling").createShape(shape, spot, host, { attach: true }));
    return undefined;
  }

  async function changeLane() {
    const element = only();
    const lanes = all((each) => is(each, "bpmn:Lane") && !each.children.some((child) => is(child, "bpmn:Lane")));
    if (!element || !is(element, "bpmn:FlowNode") || !lanes.length) return studio.say("Chọn một phần tử trong sơ đồ có làn để chuyển làn.");
    const choice = await pick({ title: `Chuyển “${named(element)}” sang làn…`, items: lanes.map((each) => line(each)) });
    if (!choice) return undefined;
    const lane = choice.element;
    const delta = { x: 0, y: Math.round(lane.y + lane.height / 2 - (element.y + element.height / 2)) };
    get("modeling").moveElements([element], delta, lane.parent, { autoResize: true });
    reveal(element);
    return undefined;
  }

  function replace() {
    const element = only();
    if (!element) return studio.say("Chọn một phần tử để đổi loại.");
    const box = studio.modeler.get("canvas").getContainer().getBoundingClientRect();
    const seen = get("canvas").getAbsoluteBBox(element);
    get("popupMenu").open(element, "bpmn-replace", { x: box.left + seen.x + seen.width + 8, y: box.top + seen.y, cursor: undefined }, { title: "Đổi loại phần tử", width: 300, search: true });
    return undefined;
  }

  async function goTo() {
    const items = all((each) => isAny(each, ["bpmn:FlowNode", "bpmn:SequenceFlow", "bpmn:Lane", "bpmn:Participant"])).map((each) => line(each, { group: each.waypoints ? "Luồng" : isAny(each, ["bpmn:Lane", "bpmn:Participant"]) ? "Làn và vùng" : "Phần tử" })).sort((a, b) => (a.group === "Phần tử" ? 0 : 1) - (b.group === "Phần tử" ? 0 : 1));
    const choice = await pick({ title: "Đi tới phần tử…", items });
    if (choice) {
      studio.focus(choice.element.id);
      reveal(choice.element);
      get("canvas").focus();
    }
  }

  // Along the flow; from nothing, to the first start event.
  function step(forward) {
    const element = only();
    const next = !element ? all((each) => is(each, "bpmn:StartEvent"))[0]
      : element.waypoints ? (forward ? element.target : element.source)
        : forward ? element.outgoing.find((each) => is(each, "bpmn:SequenceFlow"))?.target
          : element.incoming.find((each) => is(each, "bpmn:SequenceFlow"))?.source;
    if (next) reveal(next);
    else studio.say(forward ? "Đây là cuối luồng." : "Đây là đầu luồng.");
  }

  function rename() {
    const element = only();
    if (element) get("directEditing").activate(element);
    else studio.say("Chọn một phần tử để đổi tên.");
  }

  function remove() {
    if (selected().length) get("modeling").removeElements(selected().slice());
  }

  return { add, connect, attach, changeLane, replace, goTo, rename, remove, next: () => step(true), previous: () => step(false) };
}
