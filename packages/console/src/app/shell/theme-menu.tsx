import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

const CHOICES = [
  { scheme: 'auto', name: 'header.themeAuto', icon: IconDeviceDesktop },
  { scheme: 'light', name: 'header.themeLight', icon: IconSun },
  { scheme: 'dark', name: 'header.themeDark', icon: IconMoon },
] as const;

export function ThemeMenu(): ReactNode {
  const { t } = useTranslation();
  // Keeping transitions: the library would switch them off with a <style> element, which the page forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const Current = CHOICES.find(({ scheme }) => scheme === colorScheme)?.icon ?? IconDeviceDesktop;
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('header.theme')}>
          <Current size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {CHOICES.map(({ scheme, name, icon: ChoiceIcon }) => (
          <Menu.Item
            key={scheme}
            aria-current={colorScheme === scheme}
            leftSection={<ChoiceIcon size={15} stroke={1.7} aria-hidden />}
            rightSection={colorScheme === scheme ? <IconCheck size={14} aria-hidden /> : null}
            onClick={() => setColorScheme(scheme)}
          >
            {t(name)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
