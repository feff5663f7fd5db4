import { ActionIcon, Menu } from '@mantine/core';
import { IconCheck, IconLanguage } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { switchLanguage } from '../../shared/i18n/i18n.ts';
import { LANGUAGE_NAMES, LANGUAGES } from '../../shared/i18n/language.ts';

export function LanguageMenu(): ReactNode {
  const { t, i18n } = useTranslation();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('header.language')}>
          <IconLanguage size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGES.map((language) => (
          <Menu.Item
            key={language}
            lang={LANGUAGE_NAMES[language].tag}
            aria-current={i18n.language === language}
            rightSection={i18n.language === language ? <IconCheck size={14} aria-hidden /> : null}
            onClick={() => void switchLanguage(i18n, language, localStorage)}
          >
            {LANGUAGE_NAMES[language].name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
