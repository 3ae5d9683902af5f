import{_ as e,a as t,c as n,d as r,f as i,g as a,h as o,i as s,l as c,m as l,o as u,s as d,u as f,v as p,x as m,y as h}from"./screen-DzkL4AI0.js";var g=160,_={parcel:`地块`,enterprise:`企业`,station:`车站`,park:`园区`,place:`地名`},v=class extends t{static{this.properties={hits:{state:!0},open:{state:!0},at:{state:!0}}}static{this.styles=[n,m`
    :host { display: block; position: relative; color: var(--ink); }
    .box { display: flex; align-items: center; gap: 8px; height: 32px; padding: 0 10px; border-radius: 4px; background: #1d3b53; color: #a9bccc; border: 1px solid transparent; }
    .box:focus-within { background: #fff; color: var(--ink-2); border-color: #7fb6dc; }
    input { flex: 1; min-width: 0; border: 0; outline: 0; background: transparent; color: #fff; font-size: 13.5px; }
    .box:focus-within input { color: var(--ink); }
    input:focus-visible { outline: none; }
    input::-webkit-search-cancel-button { display: none; }
    input::placeholder { color: #8ea4b6; }
    kbd { font: inherit; font-size: 12px; padding: 0 6px; border: 1px solid #46617a; border-radius: 3px; line-height: 17px; color: #a9bccc; }
    .box:focus-within kbd { visibility: hidden; }
    .list { position: absolute; top: 38px; left: 0; right: 0; min-width: 320px; max-height: 60vh; padding: 4px 0; z-index: 5; }
    .hit { display: grid; grid-template-columns: 38px minmax(0, 1fr); gap: 0 10px; padding: 6px 12px; cursor: pointer; }
    .hit[aria-selected='true'] { background: var(--accent-wash); }
    .kind { font-size: 12px; color: var(--ink-3); line-height: 20px; grid-row: span 2; }
    .sub { font-size: 12px; color: var(--ink-3); }
    .bone { margin: 9px 12px; }
  `]}constructor(){super(),this.timer=0,this.running=null,this.asked=``,this.slash=e=>{e.key!==`/`||e.ctrlKey||e.metaKey||d(e)||(e.preventDefault(),this.input?.focus())},this.hits={state:`none`},this.open=!1,this.at=0}connectedCallback(){super.connectedCallback(),window.addEventListener(`keydown`,this.slash)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(`keydown`,this.slash)}get input(){return this.renderRoot.querySelector(`input`)}render(){return h`<div class="box">${u(`search`,15)}
        <input type="search" role="combobox" autocomplete="off" spellcheck="false" aria-expanded=${this.open} aria-controls="hits"
          aria-label=${a(`搜索`)} aria-activedescendant=${this.open?`hit-${this.at}`:``} placeholder=${a(`宗地代码 / 名称 / 企业 / 车站`)}
          @input=${this.typed} @keydown=${this.key} @focus=${()=>{this.open=this.hits.state!==`none`}} @blur=${()=>{this.open=!1}} />
        <kbd aria-hidden="true">/</kbd></div>
      ${this.open?h`<div class="panel list scroll" id="hits" role="listbox" aria-label=${a(`搜索结果`)}>${this.list()}</div>`:p}`}list(){let{hits:e}=this;return e.state===`failed`?h`<div class="notice" role="alert"><strong>${e.message}</strong>${e.action}</div>`:e.state===`ready`?e.value.length===0?h`<div class="notice"><strong>${a(`没有找到`)}</strong>${a(`换一个代码、名称、企业或车站名；代码可只输入后几位`)}</div>`:h`${e.value.map((e,t)=>h`<div class="hit" role="option" id="hit-${t}" aria-selected=${t===this.at}
      @mousemove=${()=>{this.at=t}} @mousedown=${t=>{t.preventDefault(),this.choose(e)}}>
      <span class="kind">${a(_[e.kind]??_.place)}</span><span class="ellipsis">${e.title}</span><span class="sub ellipsis num">${e.subtitle??``}</span></div>`)}`:h`<span class="bone" style="width:60%"></span><span class="bone" style="width:75%"></span>`}typed(){window.clearTimeout(this.timer),this.timer=window.setTimeout(()=>void this.ask(),g)}async ask(){let e=this.input?.value.trim()??``;if(this.running?.abort(),this.open=e!==``,e===``){this.hits={state:`none`};return}let t=this.running=new AbortController;this.hits.state!==`ready`&&(this.hits={state:`loading`});try{let{results:n}=await this.api.get(`/search`,{q:e},t.signal);this.hits={state:`ready`,value:n},this.asked=e,this.at=0}catch(e){t.signal.aborted||(this.hits={state:`failed`,...l(e)})}}key(e){let t=this.hits.state===`ready`?this.hits.value:[],n={ArrowDown:1,ArrowUp:-1}[e.key];n!==void 0&&t.length>0?(e.preventDefault(),this.at=(this.at+n+t.length)%t.length,this.updateComplete.then(()=>this.renderRoot.querySelector(`#hit-${this.at}`)?.scrollIntoView({block:`nearest`}))):e.key===`Enter`?this.enter():e.key===`Escape`&&(e.stopPropagation(),this.open?this.open=!1:this.input?.blur())}async enter(){window.clearTimeout(this.timer);let e=this.input?.value.trim()??``;if(e!==this.asked&&await this.ask(),e!==this.asked||this.hits.state!==`ready`)return;let t=this.hits.value[this.at];t&&this.choose(t)}choose(e){this.open=!1,this.input&&(this.input.value=e.title),this.input?.blur(),this.tell(`search-choose`,e)}};c(`gis-search`,v);var y=class extends e{constructor(...e){super(...e),this.api=new i(()=>this.sender.trigger(`token`,Date.now())),this.resized=()=>{this.k=s(window.innerWidth)}}static{this.properties={data:{attribute:!1},k:{state:!0}}}static{this.styles=[n,m`
    :host { display: block; position: fixed; inset: 0 0 auto 0; z-index: 999990; height: calc(${48}px * var(--k, 1)); background: var(--ink); }
    .bar { zoom: var(--k, 1); display: flex; align-items: center; gap: 18px; height: ${48}px; padding: 0 16px; color: #dbe5ee; }
    .brand { display: flex; align-items: center; gap: 10px; color: #fff; font-size: 16px; font-weight: 600; white-space: nowrap; }
    nav { display: flex; align-self: stretch; margin-left: 8px; min-width: 0; }
    nav button { position: relative; padding: 0 15px; font-size: 14px; color: #c4d2de; white-space: nowrap; }
    nav button:hover { color: #fff; }
    nav button[aria-current='page'] { color: #fff; font-weight: 600; }
    nav button[aria-current='page']::after { content: ''; position: absolute; left: 9px; right: 9px; bottom: 0; height: 3px; background: var(--amber); border-radius: 2px 2px 0 0; }
    gis-search { margin-left: auto; flex: 0 1 340px; min-width: 180px; }
    .facts { display: flex; align-items: center; gap: 8px; white-space: nowrap; font-size: 12.5px; }
    .fact { display: inline-flex; align-items: center; height: 24px; padding: 0 10px; border: 1px solid #37536b; border-radius: 4px; color: #c4d2de; }
    .fact.synthetic { border-color: #7f93a5; color: #fff; border-style: dashed; }
    .lang { height: 26px; padding: 0 10px; border: 1px solid #37536b; border-radius: 4px; color: #c4d2de; }
    .lang b { color: #fff; font-weight: 600; }
    .lang:hover { border-color: #8fa5b8; color: #fff; }
    .user { max-width: 120px; color: #dbe5ee; }
    :focus-visible { outline-color: #7fb6dc; }
    @media (max-width: 1500px) { .bar { gap: 12px; } nav button { padding: 0 11px; } gis-search { flex-basis: 250px; } }
    @media (max-width: 1180px) { .fact.rev, .user { display: none; } }
    @media (max-width: 960px) { .brand span, .fact { display: none; } }
  `]}connectedCallback(){super.connectedCallback(),this.resized(),window.addEventListener(`resize`,this.resized)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(`resize`,this.resized)}render(){let{data:e}=this;return o(e.texts),this.api.use(e.api,e.token),this.style.setProperty(`--k`,String(this.k)),h`<header class="bar">
      <div class="brand">${b()}<span>${e.product}</span></div>
      <nav aria-label=${a(`页面`)}>${e.pages.map(t=>h`<button aria-current=${t.id===e.page?`page`:`false`}
        @click=${()=>{t.id!==e.page&&this.sender.trigger(`page`,t.id)}}>${t.title}</button>`)}</nav>
      <gis-search .lang=${e.lang} .api=${this.api} @search-choose=${this.found}></gis-search>
      <div class="facts num">${this.facts()}</div>
      <button class="lang" lang="en" aria-label=${a(`切换语言`)} @click=${()=>this.sender.trigger(`lang`,e.lang===`zh`?`en`:`zh`)}>
        ${e.lang===`zh`?h`<b>中</b> / EN`:h`中 / <b>EN</b>`}</button>
      ${e.user?.name?h`<span class="user ellipsis" title=${e.user.role??``}>${e.user.name}</span>`:p}
    </header>`}facts(){let{workspace:e}=this.data,t=[e.revision!==null&&e.revision!==void 0&&e.revision!==``?a(`版本 {revision}`,{revision:e.revision}):null,e.data_date??null].filter(Boolean);return h`
      ${e.synthetic?h`<span class="fact synthetic" title=${e.note??e.title}>${a(`示例数据（合成）`)}</span>`:h`<span class="fact" title=${e.note??``}>${e.title}</span>`}
      ${t.length>0?h`<span class="fact rev" title=${a(`数据版本与截止日期`)}>${t.join(` · `)}</span>`:p}`}found(e){let t=new CustomEvent(r,{detail:e.detail,cancelable:!0});window.dispatchEvent(t)&&this.sender.trigger(`select`,e.detail)}},b=()=>h`<svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
  <path d="M9 1 17 9 9 17 1 9z" fill="#e6a817"/><path d="M4.6 13.2 13.4 4.8" stroke="#10273a" stroke-width="1.8"/></svg>`;c(`gis-bar`,y);var x=e=>f(e,`gis-bar`);export{x as default};