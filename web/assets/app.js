// What every page loads: htmx, and the small scripts of the screens (web/<screen>/*.js, imported here one by one).
import "htmx.org";
import "../layout/scripts/form.js";
import "../layout/scripts/keys.js";
import "../layout/scripts/tables.js";
import "../layout/scripts/typed.js";
import "../worklist/task.js";
import "../worklist/bulk.js";
import "../phrases/phrases.js";
import "../notices/live.js";
import "../notices/list.js";
import "../notices/push.js";
import "../intake/intake.js";
import "../registers/registers.js";
import "../drafting/drafting.js";
