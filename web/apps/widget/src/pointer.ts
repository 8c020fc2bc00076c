/** Whether a finger is all there is to point with, which means the keyboard is on the screen. */
export const isTouch = (): boolean => matchMedia("(hover: none) and (pointer: coarse)").matches;
