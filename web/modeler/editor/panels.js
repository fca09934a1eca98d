// Tabs of the drawer that other screens bring: each exports mount(host, studio).
import { mount as scenarios } from "../../scenarios/scenarios.js";

export const panels = [{ key: "scenarios", title: "Kịch bản", mount: scenarios }];
