import { lazy } from 'react';
import { Route, Switch } from 'wouter';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { InboxPage } from '../inbox/InboxPage.tsx';
import { StateMessage } from './StateMessage.tsx';

const CustomersPage = lazy(() => import('../customers/CustomersPage.tsx'));
const CustomerPage = lazy(() => import('../customers/CustomerPage.tsx'));

export function Pages() {
  const { t } = useLanguage();
  return (
    <Switch>
      <Route path="/" component={InboxPage} />
      <Route path="/customers" component={CustomersPage} />
      <Route path="/customers/:id">{({ id }) => <CustomerPage key={id} id={id} />}</Route>
      <Route>
        <StateMessage icon="search" title={t.errors.notFound} text={t.errors.notFoundText} />
      </Route>
    </Switch>
  );
}
