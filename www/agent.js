// What people call the program behind a user agent: “Firefox on Linux”. By hand: libraries for it know every device there has
// ever been, and are larger than the dashboard.

/** The more particular first: most of them claim to be another one as well. @type {[pattern: RegExp, name: string][]} */
const PROGRAMS = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\b(?:OPR|OPT|OPX|Opera)\//, "Opera"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:HeadlessChrome|Chrome|Chromium|CriOS)\//, "Chrome"],
  [/\bVersion\/.*\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
  [/^Wget\//, "Wget"],
];

/** @type {[pattern: RegExp, name: string][]} */
const SYSTEMS = [
  [/\biPhone\b|\biPod\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b|\bX11\b/, "Linux"],
];

/** @param {string} agent */
export function programOf(agent) {
  const [program, system] = [PROGRAMS, SYSTEMS].map((known) => known.find(([form]) => form.test(agent))?.[1]);
  if (program) return system ? `${program} on ${system}` : program;
  // A program of somebody’s own says its name first: `acme-deploy/1.2`.
  const own = /^(?!Mozilla\/)([\w.-]{1,40})(?:[\s/]|$)/.exec(agent)?.[1];
  return own ?? (system ? `Unknown browser on ${system}` : "Unknown browser");
}
