import { createTheme, type MantineThemeOverride } from '@mantine/core';

/** Behaviour and sizes; the colours are in tokens.css. */
export const theme: MantineThemeOverride = createTheme({
  primaryColor: 'indigo',
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 200, multiline: true, maw: 320 } },
    // The library locks scrolling with a <style> element, which the page forbids; global.css does it.
    Modal: { defaultProps: { lockScroll: false, centered: true, radius: 'lg' } },
    Drawer: { defaultProps: { lockScroll: false } },
    Menu: { defaultProps: { shadow: 'md', radius: 'md', position: 'bottom-end' } },
  },
});
