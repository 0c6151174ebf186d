export { ConnectionControls } from './connection';
export { BadNetwork, knobValue } from './network';
export { turnedOn, valueOf } from './scales';
