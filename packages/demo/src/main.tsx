import '@munjigi/ui/tokens.css';
import '@munjigi/ui/font.css';
import '@munjigi/ui/parts.css';
import './demo.css';
import { appearance } from '@munjigi/ui/appearance';
import { render } from 'preact';
import { Demo } from './demo.ts';
import { GateColumn } from './screens/GateColumn.tsx';
import { Outages } from './screens/Outages.tsx';
import { RegisterColumn } from './screens/RegisterColumn.tsx';
import { Ribbon } from './screens/Ribbon.tsx';
import { onSpace, WalletColumn } from './screens/WalletColumn.tsx';
import { say } from './texts.ts';

const look = appearance();
const demo = new Demo(look.language);

function App() {
  return (
    <>
      <Ribbon demo={demo} />
      <Outages demo={demo} />
      {demo.problem.value && (
        <p class="problem" role="alert">
          {say(demo.language.value, 'problem')}
        </p>
      )}
      <main class="cols">
        <WalletColumn demo={demo} />
        <GateColumn demo={demo} />
        <RegisterColumn demo={demo} />
      </main>
    </>
  );
}

window.addEventListener('keydown', (event) => onSpace(event, demo));
// A button that was pressed with the mouse does not keep the space bar for itself.
window.addEventListener('click', (event) => {
  if (event.detail > 0 && document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();
});
const root = document.getElementById('app');
if (root) render(<App />, root);
void demo.open();
