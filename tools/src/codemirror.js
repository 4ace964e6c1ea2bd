// What the template editor's Source tab needs from CodeMirror 6, as one bundle named CM.
export {EditorView, basicSetup} from 'codemirror';
export {EditorState, Compartment} from '@codemirror/state';
export {keymap} from '@codemirror/view';
export {indentWithTab} from '@codemirror/commands';
export {html} from '@codemirror/lang-html';
export {jinja} from '@codemirror/lang-jinja';
export {linter, lintGutter, setDiagnostics, forceLinting} from '@codemirror/lint';
export {autocompletion, completeFromList, startCompletion} from '@codemirror/autocomplete';
export {HighlightStyle, syntaxHighlighting} from '@codemirror/language';
export {tags} from '@lezer/highlight';
