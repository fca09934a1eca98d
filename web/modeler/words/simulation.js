export const SIMULATION = {};
