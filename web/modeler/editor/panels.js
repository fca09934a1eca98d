// Tabs of the drawer that other screens bring: each exports mount(host, studio).
export const panels = [];
