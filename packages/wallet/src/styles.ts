import '@munjigi/ui/tokens.css';
import '@munjigi/ui/font.css';
import '@munjigi/ui/parts.css';
import './wallet.css';
