// What reads as an agreement in the README is a rule here: typed promises, no `any`, and who may import what.
import { defineConfig } from 'eslint/config';
import globals from './eslint.globals.js';
import tseslint from 'typescript-eslint';
