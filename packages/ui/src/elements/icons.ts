// Single icons of Lucide (ISC), inlined at build. Only these are used; each stands beside a word.
import arrowDownToLine from 'lucide-static/icons/arrow-down-to-line.svg?raw';
import bell from 'lucide-static/icons/bell.svg?raw';
import cameraOff from 'lucide-static/icons/camera-off.svg?raw';
import chartColumn from 'lucide-static/icons/chart-column.svg?raw';
import check from 'lucide-static/icons/check.svg?raw';
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw';
import eye from 'lucide-static/icons/eye.svg?raw';
import fileText from 'lucide-static/icons/file-text.svg?raw';
import history from 'lucide-static/icons/history.svg?raw';
import hourglass from 'lucide-static/icons/hourglass.svg?raw';
import keyboard from 'lucide-static/icons/keyboard.svg?raw';
import messageSquare from 'lucide-static/icons/message-square.svg?raw';
import printer from 'lucide-static/icons/printer.svg?raw';
import qrCode from 'lucide-static/icons/qr-code.svg?raw';
import settings from 'lucide-static/icons/settings.svg?raw';
import tablet from 'lucide-static/icons/tablet.svg?raw';
import undo from 'lucide-static/icons/undo-2.svg?raw';
import user from 'lucide-static/icons/user.svg?raw';
import users from 'lucide-static/icons/users.svg?raw';
import volume from 'lucide-static/icons/volume-2.svg?raw';

/** The drawing inside `<svg>`: the frame and its attributes come from `Icon`. */
const inside = (source: string) =>
  source.slice(source.indexOf('>', source.indexOf('<svg')) + 1, source.lastIndexOf('</svg>')).trim();

export const ICONS = {
  'arrow-down-to-line': inside(arrowDownToLine),
  bell: inside(bell),
  'camera-off': inside(cameraOff),
  'chart-column': inside(chartColumn),
  check: inside(check),
  'chevron-right': inside(chevronRight),
  eye: inside(eye),
  'file-text': inside(fileText),
  history: inside(history),
  hourglass: inside(hourglass),
  keyboard: inside(keyboard),
  'message-square': inside(messageSquare),
  printer: inside(printer),
  'qr-code': inside(qrCode),
  settings: inside(settings),
  tablet: inside(tablet),
  'undo-2': inside(undo),
  user: inside(user),
  users: inside(users),
  'volume-2': inside(volume),
} as const;

export type IconName = keyof typeof ICONS;
