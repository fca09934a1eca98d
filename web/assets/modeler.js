// The editor of procedures, with its libraries; loaded on that page only.
import "../modeler/editor/page.js";
