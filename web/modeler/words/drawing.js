export const DRAWING = {};
