import { lazy } from 'react';
import { Route, Switch } from 'wouter';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { InboxPage } from '../inbox/InboxPage.tsx';
import { StateMessage } from './StateMessage.tsx';

const CallBacksPage = lazy(() => import('../callBacks/CallBacksPage.tsx'));
const CustomersPage = lazy(() => import('../customers/CustomersPage.tsx'));
const CustomerPage = lazy(() => import('../customers/CustomerPage.tsx'));
const ReportsPage = lazy(() => import('../reports/ReportsPage.tsx'));
const ConnectionPage = lazy(() => import('../connection/ConnectionPage.tsx'));
const ReconcilePage = lazy(() => import('../reconcile/ReconcilePage.tsx'));
const PeoplePage = lazy(() => import('../people/PeoplePage.tsx'));
const RebuildPage = lazy(() => import('../rebuild/RebuildPage.tsx'));
const DiffPage = lazy(() => import('../rebuild/DiffPage.tsx'));

export function Pages() {
  const { t } = useLanguage();
  return (
    <Switch>
      <Route path="/" component={InboxPage} />
      <Route path="/call-backs" component={CallBacksPage} />
      <Route path="/customers" component={CustomersPage} />
      <Route path="/customers/:id">{({ id }) => <CustomerPage key={id} id={id} />}</Route>
      <Route path="/reports" component={ReportsPage} />
      <Route path="/connection" component={ConnectionPage} />
      <Route path="/connection/records" component={ReconcilePage} />
      <Route path="/settings/people" component={PeoplePage} />
      <Route path="/rebuild" component={RebuildPage} />
      <Route path="/rebuild/:version">{({ version }) => <DiffPage key={version} version={Number(version)} />}</Route>
      <Route>
        <StateMessage icon="search" title={t.errors.notFound} text={t.errors.notFoundText} />
      </Route>
    </Switch>
  );
}
