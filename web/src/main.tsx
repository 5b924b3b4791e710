import './nonce';

import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './style.css';

import { createRoot } from 'react-dom/client';

import { App } from './App';
import { finish, takeAnswer } from './signIn';

const answer = takeAnswer();

createRoot(document.getElementById('root')!).render(<App />);
if (answer) void finish(answer);
